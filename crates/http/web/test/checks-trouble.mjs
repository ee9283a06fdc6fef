import { answer, idle, text } from './harness.mjs';
import { HOSTILE } from './mock-data.mjs';

/** No answer from the server: the page says so, keeps what it has, and goes on when the server is back. */
export async function noticesThatTheServerIsGone(h, page) {
  h.tolerant = true;
  await page.route('**/api/**', (route) => route.abort('connectionrefused'));
  await page.click('[name=find]');
  await page.waitForSelector('#gone');
  h.check(
    'a server that is gone is said to be gone',
    (await text(page, '#gone')).includes('연결되지 않습니다'),
  );
  h.check('what is known stays', (await answer(page)) !== null);
  await page.waitForTimeout(700);
  await idle(page);
  const things = await drawnFeatures(page);
  await page.evaluate(() => window.siseol.map.panBy([300, 0], { duration: 0 }));
  await page.waitForSelector('[data-note=layer_failed]');
  await page.evaluate(() => window.siseol.map.panBy([-300, 0], { duration: 0 }));
  await idle(page);
  h.check('and what is drawn', things > 0 && things === (await drawnFeatures(page)), `${things}`);
  await page.unroute('**/api/**');
  // The page looks by itself every few seconds, and may be first.
  await page.click('#gone button', { timeout: 3000 }).catch(() => {});
  await page.waitForSelector('#gone', { state: 'detached' });
  await idle(page);
  h.tolerant = false;
  h.equal(
    'and the page goes on when it is back',
    await page.locator('small[data-note=layer_failed]').count(),
    0,
  );
}

/** How many features of the register are drawn. */
const drawnFeatures = (page) =>
  page.evaluate(() => {
    const found = window.siseol.map.queryRenderedFeatures();
    return new Set(
      found.filter((f) => f.source.startsWith('items:')).map((f) => `${f.source} ${f.id}`),
    ).size;
  });

/** Without WebGL2 there is no map; the search and the list are there all the same. */
export async function worksWithoutWebGl(h) {
  const page = await h.open(await h.browser('--disable-3d-apis'));
  h.check('a page without a map says so', (await text(page, '.map-missing')).length > 10);
  h.equal('it has no map', await page.evaluate(() => window.siseol.map), null);
  const before = await answer(page);
  await page.fill('[name=radius]', '250');
  await page.press('[name=radius]', 'Enter');
  await page.waitForFunction(() => window.siseol.lastAnswer.search.radius === 250);
  h.equal('the search works', (await answer(page)).search.point, before.search.point);
  await page.click('#tab-list');
  const { facilities } = await answer(page);
  h.equal(
    'the list works',
    await page.locator('#list tbody tr').count(),
    Math.min(100, facilities.features.length),
  );
  await page.close();
}

/** On a phone the panel is a sheet under the map, and nothing is wider than the screen. */
export async function fitsAPhone(h, browser, screenshot) {
  const page = await h.open(browser, { viewport: { width: 390, height: 844 } });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  h.check('nothing is wider than a phone', wide <= 0, `${wide} px`);
  const tall = () => page.locator('.panel').evaluate((e) => e.getBoundingClientRect().height);
  const open = await tall();
  h.check(
    'the map has room',
    (await page.locator('.stage').evaluate((e) => e.getBoundingClientRect().height)) > 250,
  );
  if (screenshot) await page.screenshot({ path: screenshot });
  await page.click('.grip');
  await page.waitForTimeout(400);
  h.check('the sheet folds', (await tall()) < open / 2);
  await page.close();
}

/** Only against the mock, which has what these need. */
export async function mockOnly(h, page, browser, tokenUrl) {
  await page.click('[data-question=hydrants]');
  await page.waitForFunction(() => window.siseol.lastAnswer.question?.id === 'hydrants');
  await page.locator('#list tbody button').first().click();
  await page.waitForSelector('#fields tr[data-field=NOTE]');
  h.equal(
    'a hostile attribute is text',
    await text(page, '#fields tr[data-field=NOTE] td'),
    HOSTILE,
  );
  h.equal('and makes no element', await page.locator('img').count(), 0);
  await page.keyboard.press('Escape');

  h.tolerant = true;
  await page.fill('[name=radius]', '13');
  await page.press('[name=radius]', 'Enter');
  await page.waitForSelector('#problem');
  h.equal(
    'a problem shows its title and detail',
    await text(page, '#problem'),
    'Unlucky radius\nno circle of 13 m <b>today</b>',
  );

  const locked = await h.open(browser, { base: tokenUrl, ready: false });
  await locked.waitForSelector('dialog[open]');
  await locked.fill('[name=token]', 'wrong');
  await locked.press('[name=token]', 'Enter');
  await locked.waitForSelector('dialog[open] .wrong');
  h.check('a wrong token is asked for again', true);
  await locked.fill('[name=token]', 'right');
  await locked.press('[name=token]', 'Enter');
  await locked.waitForFunction(() => window.siseol?.isReady, null, { timeout: 60_000 });
  h.check('the right token opens the page', (await answer(locked)).facilities.numberMatched > 0);
  await locked.waitForSelector('[data-live=on]');
  h.check('and the stream of changes', true);
  h.equal(
    'it is kept for the tab only',
    await locked.evaluate(() => [localStorage.length, sessionStorage.length]),
    [0, 1],
  );
  await locked.close();
  h.tolerant = false;
}
