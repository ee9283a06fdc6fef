import { answer, api, idle, number, rendered, text } from './harness.mjs';

/** Korean to English and back: the words change, nothing else. */
export async function switchesLanguage(h, page) {
  const before = await answer(page);
  const form = () =>
    page.locator('siseol-search input').evaluateAll((all) => all.map((i) => i.value));
  const typed = await form();
  await page.click('[data-lang=en]');
  await page.waitForFunction(() => document.documentElement.lang === 'en');
  const { facilities, search } = await answer(page);
  h.check(
    'the sentence is English',
    (await text(page, '#sentence')).startsWith('Facilities within'),
    await text(page, '#sentence'),
  );
  h.check(
    'with the same count',
    (await text(page, '#sentence')).includes(number('en', facilities.numberMatched)),
  );
  h.equal('the search is the same', search, before.search);
  h.equal('the form is the same', await form(), typed);
  const layers = (await api(page, 'collections?f=json')).collections;
  const shown = await text(page, `tbody[data-layer="${layers[0].id}"] th`);
  h.check('layers have their English names', shown.startsWith(layers[0].siseol.label.en), shown);
  await page.waitForFunction(() => location.hash.includes('lang=en'));
  h.check(
    'the map has an English name',
    ((await page.getAttribute('.maplibregl-canvas', 'aria-label')) ?? '').startsWith('Map of'),
  );
  await page.click('[data-lang=ko]');
  await page.waitForFunction(() => document.documentElement.lang === 'ko');
}

/** Each example question is a real request, a sentence and marked features. */
export async function answersQuestions(h, page) {
  const ids = (await api(page, 'collections?f=json')).collections.map((c) => c.id);
  const wanted = ['hydrant', 'shelter', 'water_pipe'].filter((id) => ids.includes(id)).length;
  const buttons = page.locator('[data-question]');
  h.equal('a question for each layer that is there', await buttons.count(), wanted);
  for (let i = 0; i < wanted; i++) {
    const id = await buttons.nth(i).getAttribute('data-question');
    await buttons.nth(i).click();
    await page.waitForFunction((id) => window.siseol.lastAnswer.question?.id === id, id);
    await page.waitForTimeout(700);
    await idle(page);
    const { facilities, question } = await answer(page);
    const sentence = await text(page, '#sentence');
    h.check(`${id}: ${sentence}`, sentence.length > 5);
    h.check(
      `${id}: only its layer`,
      facilities.features.every((f) => f.properties.layer === question.layer),
    );
    if (question.answer !== 'nearest' && facilities.numberMatched > 0) {
      h.check(`${id}: says how many`, sentence.includes(number('ko', facilities.numberMatched)));
    }
    if (facilities.features.length > 0)
      h.check(`${id}: features are marked`, (await rendered(page, 'lit')) > 0);
    h.equal(
      `${id}: the list is the answer`,
      await page.locator('#list tbody tr').count(),
      Math.min(100, facilities.features.length),
    );
  }
  if (wanted > 0) {
    await page.click('[name=all]');
    await page.waitForFunction(() => window.siseol.lastAnswer.question === null);
    await idle(page);
    h.equal('a plain search takes the marks away', await rendered(page, 'lit'), 0);
  }
  await page.click('#tab-summary');
}

/** A layer can be switched off and on. */
export async function togglesLayers(h, page) {
  const layer = await page.evaluate(() =>
    window.siseol.map
      .queryRenderedFeatures()
      .find((f) => f.source.startsWith('items:'))
      ?.source.slice(6),
  );
  if (!h.check('some layer is drawn', layer !== undefined)) return;
  const box = page.locator(`tbody[data-layer="${layer}"] input`);
  await box.click();
  await idle(page);
  h.equal(`${layer} switched off is gone`, await rendered(page, `items:${layer}`), 0);
  await box.click();
  await idle(page);
  h.check(`${layer} comes back`, (await rendered(page, `items:${layer}`)) > 0);
}

/** Everything can be reached without a mouse, and the skip link leaves the permalink alone. */
export async function worksByKeyboard(h, page) {
  await page.evaluate(() => document.activeElement?.blur?.());
  await page.waitForTimeout(400);
  const hash = await page.evaluate(() => location.hash);
  await page.locator('.skip').focus();
  await page.keyboard.press('Enter');
  h.equal(
    'the skip link goes to the results',
    await page.evaluate(() => document.activeElement?.id),
    'results',
  );
  h.equal('and leaves the address', await page.evaluate(() => location.hash), hash);
  await page.locator('#tab-summary').focus();
  await page.keyboard.press('ArrowRight');
  h.equal(
    'arrow keys change the tab',
    await page.getAttribute('#tab-list', 'aria-selected'),
    'true',
  );
  await page.keyboard.press('ArrowLeft');
  const unnamed = await page.evaluate(
    () =>
      [...document.querySelectorAll('button, input, a[href]')].filter(
        (e) =>
          !(
            e.ariaLabel ||
            e.getAttribute('aria-label') ||
            e.textContent.trim() ||
            e.labels?.length
          ),
      ).length,
  );
  h.equal('every control has a name', unnamed, 0);
}
