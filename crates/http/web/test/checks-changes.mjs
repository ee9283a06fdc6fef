import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { answer, api, idle, rendered, text } from './harness.mjs';

const run = promisify(execFile);

/**
 * A change of the register while the page is open. `plan` tells what will change: `layer`, in it the ids of a feature that gets
 * other values (`changed`) and of one that goes (`deleted`), the `line` that the page shows, and what makes (`commit`) and
 * takes back (`undo`) the change: a command, or a function.
 */
export async function followsTheRegister(h, page, plan) {
  const { layer, changed, deleted, line } = plan;
  h.equal('the page is live', await text(page, '.live-state'), '실시간');

  await findAndOpen(page, plan, deleted);
  await page.fill('[name=point]', 'half typed');
  const before = await view(page);
  h.tolerant = true; // that something is gone shows on the console
  const asked = await asking(page, () => told(page, line, plan.commit));
  h.tolerant = false;
  h.check(`the page tells of the change: ${await text(page, '#news')}`, true);
  h.equal('it asks only for the layer that changed', others(asked, layer), []);
  h.equal('a deleted feature is said to be deleted', await fate(page), 'deleted');
  h.check('its panel still shows it', (await page.locator('#fields tr[data-field]').count()) > 0);
  h.equal('it is drawn no more', await drawn(page, layer, deleted), null);
  h.equal('the map has not moved', (await view(page)).map, before.map);
  h.equal('what was half typed stays', await page.inputValue('[name=point]'), 'half typed');
  await isUpToDate(h, page);
  const words = await text(page, '#news-words');
  h.check(`a screen reader is told: ${words}`, /추가|변경|삭제/.test(words));
  h.equal('politely', await page.getAttribute('#news-words', 'aria-live'), 'polite');

  await page.click('#identify [name=close]');
  await findAndOpen(page, plan, changed);
  const old = await text(page, '#fields');
  const focus = () => page.evaluate(() => document.activeElement?.closest('#identify') !== null);
  h.check('the keyboard is in the panel of the changed feature', await focus());
  await told(page, '되돌림', plan.undo);
  h.check(`the page tells that it was taken back: ${await text(page, '#news')}`, true);
  h.equal('a changed feature is said to be changed', await fate(page), 'changed');
  h.check('and shown as it is now', (await text(page, '#fields')) !== old);
  h.check('the keyboard stays there', await focus());
  await isUpToDate(h, page);
  await page.click('#identify [name=close]');
  await findAndOpen(page, plan, deleted);
  h.check('what was deleted is back', (await drawn(page, layer, deleted)) !== null);
  await page.click('#identify [name=close]');

  await page.click('[data-lang=en]');
  await page.waitForFunction(() => document.documentElement.lang === 'en');
  h.equal('live in English', await text(page, '.live-state'), 'live');
  h.check('news in English', (await text(page, '#news')).includes('undo'));
  await page.click('[data-lang=ko]');
  await page.click('#tab-summary');
}

/** Bursts, cuts, another register in its place, a tab that is not looked at: only the mock has these at hand. */
export async function followsThroughTrouble(h, page) {
  const mock = (verb) => fetch(new URL(`mock/${verb}`, h.base), { method: 'POST' });
  const listeners = async () => (await fetch(new URL('mock/listeners', h.base))).json();
  const news = '소방용수시설 +1 ~1 −1';

  const burst = async () => {
    for (let i = 0; i < 12; i++) await mock('commit');
  };
  const asked = await asking(page, () => told(page, '소방용수시설 +12 ~12 −12', burst));
  h.equal('a burst is one reload', asked.filter((a) => a.includes('/items?')).length, 1);
  await isUpToDate(h, page);

  await mock('cut');
  await page.waitForSelector('[data-live=reconnecting]');
  h.equal('a cut is said without alarm', await page.locator('#gone').count(), 0);
  await told(page, news, () => mock('commit'));
  h.check('what happened in a cut is told after it', true);
  h.equal('live again', await page.getAttribute('.live', 'data-live'), 'on');
  await isUpToDate(h, page);

  await page.click('.tools button:last-child');
  await page.waitForTimeout(700);
  await told(page, '새 시설 +3', () => mock('deliver'));
  h.check('a new layer is drawn', (await rendered(page, 'items:new_thing')) > 0);
  h.equal('it has a row', await page.locator('tbody[data-layer=new_thing]').count(), 1);
  h.check('and the others are as they were', (await rendered(page, 'items:water_pipe')) > 0);
  await isUpToDate(h, page);

  h.tolerant = true; // the refusal shows on the console
  await told(page, '모두 다시', () => mock('restore'));
  h.check('another register in its place is loaded whole', true);
  h.tolerant = false;
  await told(page, news, () => mock('commit'));
  h.check('and followed', true);

  const was = await listeners();
  await look(page, false);
  await page.waitForTimeout(300);
  h.equal('a hidden page does not listen', was - (await listeners()), 1);
  await mock('commit');
  await mock('commit');
  await told(page, '+2 ~2 −2', () => look(page, true));
  h.check('and catches up when it is looked at', true);
  await isUpToDate(h, page);
}

/** Does something, and waits until the page has told of it and is still again. */
export async function told(page, line, action) {
  await (typeof action === 'function' ? action() : run(action[0], action.slice(1)));
  await page.waitForFunction(
    (line) => document.querySelector('#news')?.textContent.includes(line),
    line,
    { timeout: 20_000 },
  );
  await idle(page);
}

/** The requests that the page makes meanwhile. */
async function asking(page, action) {
  const asked = [];
  const note = (request) => asked.push(request.url());
  page.on('request', note);
  await action();
  page.off('request', note);
  return asked;
}

const others = (asked, layer) =>
  asked.filter((url) => {
    const [, id] = /\/collections\/([^/]+)\/items/.exec(url) ?? [];
    return id !== undefined && id !== layer;
  });

/** Searches close around a feature, and opens it from the list. */
export async function findAndOpen(page, { layer }, fid) {
  const feature = await api(page, `collections/${layer}/items/${fid}`);
  const [lon, lat] = feature.geometry.coordinates.flat(3);
  await page.fill('[name=point]', `${lon}, ${lat}`);
  await page.fill('[name=radius]', '60');
  await page.press('[name=radius]', 'Enter');
  await page.waitForFunction(
    ([lon, lat]) => window.siseol.lastAnswer.search.point.join() === `${lon},${lat}`,
    [lon, lat],
  );
  await page.waitForTimeout(700);
  await idle(page);
  await page.click('#tab-list');
  await page.click(`#list tr[data-fid="${fid}"] button`);
  await page.waitForSelector('#fields tr[data-field]');
  await page.waitForTimeout(700);
  await idle(page);
}

const fate = (page) => page.locator('#identify .fate').getAttribute('data-fate');

const view = (page) =>
  page.evaluate(() => {
    const { map } = window.siseol;
    return { map: [...map.getCenter().toArray(), map.getZoom()] };
  });

const drawn = (page, layer, fid) =>
  page.evaluate(
    ([source, fid]) =>
      window.siseol.map.queryRenderedFeatures().find((f) => f.source === source && f.id === fid)
        ?.properties ?? null,
    [`items:${layer}`, fid],
  );

/** The answer and the list are what the API says now. */
async function isUpToDate(h, page) {
  const { search, question, facilities } = await answer(page);
  if (question) return;
  const near = search.point.map((d) => Number(d.toFixed(7)));
  const now = await api(page, `facilities?near=${near}&radius=${search.radius}&limit=100`);
  h.equal('the answer is of now', facilities.numberMatched, now.numberMatched);
  h.equal('with its features', facilities.features, now.features);
  const listed = await page
    .locator('#list tbody tr')
    .evaluateAll((all) => all.map((r) => Number(r.dataset.fid)));
  h.equal(
    'and so is the list',
    listed,
    now.features.slice(0, 100).map((f) => f.id),
  );
}

/** As if the tab was shown or hidden. */
const look = (page, visible) =>
  page.evaluate((visible) => {
    Object.defineProperty(document, 'hidden', { configurable: true, value: !visible });
    document.dispatchEvent(new Event('visibilitychange'));
  }, visible);
