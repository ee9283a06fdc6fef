import { findAndOpen, told } from './checks-changes.mjs';
import { idle, text } from './harness.mjs';

const RELATED = '#related[aria-busy=false]';

/**
 * What belongs with a feature is shown in its panel, and leads there. `plan` has features by `layer` and `fid`, each with the
 * `label` and the facility `key` of one that belongs with it and has a place on the map.
 */
export async function showsWhatIsRelated(h, page, plan) {
  for (const { layer, fid, label, key } of plan) {
    await findAndOpen(page, { layer }, fid);
    await page.waitForSelector(RELATED);
    const what = `${layer} ${fid}`;
    const titles = await page.locator('#related h3').allInnerTexts();
    h.check(`${what} has its ${label.ko}`, titles.includes(label.ko), titles.join());
    const way = page.locator('#related .way', { hasText: key });
    if (!h.check(`which is ${key}`, (await way.count()) === 1, await text(page, '#related')))
      continue;
    const [there, id] = [await way.getAttribute('data-layer'), await way.getAttribute('data-fid')];
    await page.click('[data-lang=en]');
    const english = (await page.locator('#related h3').allTextContents()).map((t) => t.trim());
    h.check('in English as well', english.includes(label.en), english.join());
    await page.click('[data-lang=ko]');
    await way.focus();
    await page.keyboard.press('Enter');
    await page.waitForFunction(
      (key) => document.querySelector('#fields')?.innerText.includes(key),
      key,
    );
    await page.waitForTimeout(700);
    await idle(page);
    h.check(
      'the keyboard leads there and stays in the panel',
      await page.evaluate(() => document.activeElement?.matches('#identify h2')),
    );
    h.check('the panel begins at its top', (await scrolled(page)) === 0);
    const seen = await page.evaluate(
      ([source, id]) => {
        const features = window.siseol.map.queryRenderedFeatures();
        const drawn = features.some((f) => f.source === source && f.id === id);
        return drawn && features.some((f) => f.source === 'lit');
      },
      [`items:${there}`, Number(id)],
    );
    h.check('it is in view and marked', seen);
    await page.click('#identify [name=close]');
  }
  await page.click('#tab-summary');
}

/** Records, long lists and refusals: only the mock has these at hand. */
export async function showsRecordsAndRefusals(h, page, [{ layer, fid }]) {
  await findAndOpen(page, { layer }, fid);
  await page.waitForSelector(RELATED);
  const records = page.locator('#related table');
  h.equal('the first of many records are shown', await records.count(), 5);
  const first = records.first();
  h.equal('with the first of their fields', await first.locator('tr').count(), 5);
  const said = await first.innerText();
  h.check('decoded', said.includes('누수') && said.includes('RPC001'), said);
  const moreFields = page.locator('#related [data-list^="repair/"]').first();
  await moreFields.click();
  h.check('and the others on demand', (await first.innerText()).includes('<img'));
  h.equal('as text', await page.locator('#related img').count(), 0);
  const empty = await page.locator('#related .missing').count();
  h.equal('fields without a value are left out', empty, 0);
  const more = page.locator('#related [data-list=names]');
  await more.click();
  h.equal('all records on demand', await records.count(), 7);
  h.equal('the button says so', await more.getAttribute('aria-expanded'), 'true');
  await more.click();
  h.equal('and folds them again', await records.count(), 5);
  await told(page, '보수 대장 +1', () => fetch(new URL('mock/record', h.base), { method: 'POST' }));
  await more.click();
  h.equal('a record that comes is shown', await records.count(), 8);
  await page.click('#identify [name=close]');

  h.tolerant = true; // the refusal shows on the console
  let answer;
  const waiting = new Promise((done) => {
    answer = done;
  });
  await page.route('**/related', async (route) => {
    await waiting;
    await route.fulfill({ status: 503, body: '' });
  });
  await page.click('#tab-list');
  await page.click(`#list tr[data-fid="${fid}"] button`);
  await page.waitForSelector('#related[aria-busy=true]', { state: 'attached' });
  h.equal('nothing is said while it loads', await page.locator('#related > *').count(), 0);
  const panel = () => page.locator('#identify').boundingBox();
  const before = await panel();
  answer();
  await page.waitForSelector('[name=retry-related]');
  h.check('a refusal is a line', (await text(page, '#related')).includes('불러오지 못했습니다'));
  await page.unroute('**/related');
  h.tolerant = false;
  await page.press('[name=retry-related]', 'Enter');
  await page.waitForSelector('#related .way');
  h.check('and may be tried again', true);
  h.check(
    'the keyboard stays in the panel',
    await page.evaluate(() => document.activeElement?.closest('#identify') !== null),
  );
  h.equal('the panel has kept its place', await panel(), before);
  await page.click('#identify [name=close]');
  await page.click('#tab-summary');
}

const scrolled = (page) => page.evaluate(() => document.querySelector('.fields').scrollTop);
