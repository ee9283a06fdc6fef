import { answer, api, idle, number, rendered, text } from './harness.mjs';

/** The page opens on a finished search around the city hall. */
export async function opensOnAnAnswer(h, page) {
  const root = await api(page, '?f=json');
  const { collections } = await api(page, 'collections?f=json');
  const { search, facilities } = await answer(page);
  const { home, notice } = root.siseol;
  h.equal('the first search is 500 m', search.radius, 500);
  if (home) h.equal('around the city hall', search.point, [home.lon, home.lat]);
  h.equal('the page is Korean', await page.getAttribute('html', 'lang'), 'ko');
  h.check(
    'the heading says how many',
    (await text(page, '#sentence')).includes(number('ko', facilities.numberMatched)),
  );
  h.equal(
    'a screen reader is told the same',
    await text(page, '#live'),
    await text(page, '#sentence'),
  );
  if (notice) h.equal('the notice is shown', await text(page, '#notice'), notice.ko);
  else h.equal('no notice is made up', await page.locator('#notice').count(), 0);

  h.check(
    'the circle is drawn',
    (await page.evaluate(
      () => window.siseol.map.queryRenderedFeatures({ layers: ['search-rim'] }).length,
    )) > 0,
  );
  h.check(
    'and its centre',
    (await page.evaluate(
      () => window.siseol.map.queryRenderedFeatures({ layers: ['search-centre'] }).length,
    )) > 0,
  );

  const rows = await page
    .locator('#summary tbody')
    .evaluateAll((all) =>
      Object.fromEntries(all.map((t) => [t.dataset.layer, t.querySelector('td').innerText.trim()])),
    );
  h.equal('every layer has a row', Object.keys(rows).sort(), collections.map((c) => c.id).sort());
  const wrong = facilities.summary.filter((s) => rows[s.layer] !== number('ko', s.count));
  h.equal('each count is the answer’s', wrong, []);
  const classes = await page
    .locator('#summary tr.class')
    .evaluateAll((all) =>
      all.map((r) => [
        r.parentElement.dataset.layer,
        r.dataset.class,
        r.querySelector('td').innerText.trim(),
      ]),
    );
  const counted = (layer, code) =>
    facilities.summary.find((s) => s.layer === layer)?.by_class.find((c) => c.class === code)
      ?.count;
  h.check(
    'each class count is the answer’s',
    classes.every(([l, c, n]) => number('ko', counted(l, c)) === n),
    JSON.stringify(classes),
  );

  await page.click('#tab-list');
  const listed = await page
    .locator('#list tbody tr')
    .evaluateAll((all) => all.map((r) => Number(r.dataset.fid)));
  h.equal(
    'the list is the answer, in its order',
    listed,
    facilities.features.slice(0, 100).map((f) => f.id),
  );
  const distances = facilities.features.map((f) => f.properties.distance_m);
  h.check(
    'nearest first',
    distances.every((d, i) => i === 0 || distances[i - 1] <= d),
  );
  await page.click('#tab-summary');
}

/** What is drawn is what the API has in view. */
export async function drawsTheView(h, page) {
  const { collections } = await api(page, 'collections?f=json');
  const view = await page.evaluate(() => {
    const b = window.siseol.map.getBounds();
    return {
      bbox: [b.getWest(), b.getSouth(), b.getEast(), b.getNorth()].map((d) => Number(d.toFixed(7))),
      zoom: window.siseol.map.getZoom(),
    };
  });
  let compared = 0;
  for (const { id, siseol } of collections.filter((c) => c.siseol.geometry !== 'none')) {
    const { numberMatched } = await api(page, `collections/${id}/items?bbox=${view.bbox}&limit=1`);
    const visible = view.zoom >= (siseol.look.minzoom ?? 0) && numberMatched <= 2000;
    const drawn = await rendered(page, `items:${id}`);
    const note = await page.locator(`tbody[data-layer="${id}"] small`).count();
    if (!visible) {
      h.equal(`${id} (${numberMatched} in view) is not drawn`, drawn, 0);
      h.check(
        `${id} says to zoom in`,
        note === 1 && (await text(page, `tbody[data-layer="${id}"] small`)) === '확대하면 보입니다',
      );
    } else if (siseol.geometry === 'point') {
      h.equal(`${id}: every point in view is drawn`, drawn, numberMatched);
    } else {
      h.check(
        `${id} is drawn`,
        numberMatched === 0 ? drawn === 0 : drawn > 0,
        `${drawn} of ${numberMatched}`,
      );
    }
    compared++;
  }
  h.check('layers were compared', compared > 0);
}

/** A link shows another person the same thing. */
export async function permalinks(h, page, browser) {
  await idle(page);
  await page.waitForTimeout(500);
  const here = await page.evaluate(() => ({
    search: window.siseol.lastAnswer.search,
    zoom: window.siseol.map.getZoom(),
    centre: window.siseol.map.getCenter().toArray(),
    hash: location.hash,
  }));
  const other = await h.open(browser, { hash: here.hash });
  const there = await other.evaluate(() => ({
    search: window.siseol.lastAnswer.search,
    zoom: window.siseol.map.getZoom(),
    centre: window.siseol.map.getCenter().toArray(),
  }));
  const close = (a, b, by) => Math.abs(a - b) < by;
  h.check(
    'a link opens the same search',
    here.search.radius === there.search.radius &&
      here.search.point.every((c, i) => close(c, there.search.point[i], 2e-6)),
  );
  h.check(
    'at the same place and zoom',
    close(here.zoom, there.zoom, 0.01) &&
      here.centre.every((c, i) => close(c, there.centre[i], 2e-5)),
    JSON.stringify([here, there]),
  );
  await other.close();
}

/** Many movements ask once; far out, what is too much is not drawn. */
export async function movesGently(h, page) {
  let asked = 0;
  const count = (request) => {
    if (request.url().includes('/items?')) asked++;
  };
  await idle(page);
  page.on('request', count);
  await page.evaluate(async () => {
    const { map } = window.siseol;
    for (let i = 0; i < 6; i++) {
      map.panBy([40, 0], { duration: 0 });
      await new Promise((done) => setTimeout(done, 60));
    }
  });
  await idle(page);
  page.off('request', count);
  const layers = (await api(page, 'collections?f=json')).collections.length;
  h.check(
    'six quick movements ask each layer at most once',
    asked <= layers,
    `${asked} requests, ${layers} layers`,
  );
  await page.evaluate(() => window.siseol.map.jumpTo({ zoom: 12.5 }));
  await idle(page);
  await drawsTheView(h, page);
}
