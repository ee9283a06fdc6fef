import { answer, idle, text } from './harness.mjs';

/** A search by typing, by a bad entry, and by a click. */
export async function searches(h, page) {
  const before = await answer(page);
  const [lon, lat] = before.search.point;
  await page.fill('[name=point]', `${(lon + 0.001).toFixed(5)}, ${lat.toFixed(5)}`);
  await page.fill('[name=radius]', '300');
  await page.press('[name=radius]', 'Enter');
  await page.waitForFunction(() => window.siseol.lastAnswer.search.radius === 300);
  await idle(page);
  const typed = await answer(page);
  h.equal('a typed point is searched', typed.search.point, [
    Number((lon + 0.001).toFixed(5)),
    Number(lat.toFixed(5)),
  ]);
  h.check('the heading follows', (await text(page, '#sentence')).includes('300 m'));
  await page.waitForFunction(() => location.hash.includes('r=300'));
  h.check('the address follows', page.url().includes(`at=${typed.search.point}`), page.url());

  await page.fill('[name=point]', '어디');
  await page.click('[name=find]');
  h.check('a bad point is refused in words', (await page.locator('#search-wrong').count()) === 1);
  h.equal('and marked', await page.getAttribute('[name=point]', 'aria-invalid'), 'true');
  h.equal('and not asked', (await answer(page)).search, typed.search);

  const spot = await emptySpot(page);
  if (spot) {
    await page.mouse.click(spot.x, spot.y);
    await page.waitForFunction(
      (p) => window.siseol.lastAnswer.search.point.join() !== p,
      typed.search.point.join(),
    );
    const { point, radius } = (await answer(page)).search;
    h.check(
      'a click on an empty place searches there',
      Math.abs(point[0] - spot.lon) < 1e-4 &&
        Math.abs(point[1] - spot.lat) < 1e-4 &&
        radius === 300,
    );
  }
}

/** A pixel of the map with nothing but ground within the click's tolerance. */
function emptySpot(page) {
  return page.evaluate(() => {
    const { map } = window.siseol;
    const box = map.getContainer().getBoundingClientRect();
    const layers = map
      .getStyle()
      .layers.filter((l) => /^(fill|line|point):/.test(l.id))
      .map((l) => l.id);
    for (let y = 90; y < box.height - 60; y += 7) {
      for (let x = 60; x < box.width - 100; x += 7) {
        const hits = map.queryRenderedFeatures(
          [
            [x - 7, y - 7],
            [x + 7, y + 7],
          ],
          { layers },
        );
        if (hits.some((f) => !f.properties.$ground)) continue;
        if (document.elementFromPoint(box.x + x, box.y + y) !== map.getCanvas()) continue;
        const { lng, lat } = map.unproject([x, y]);
        return { x: box.x + x, y: box.y + y, lon: lng, lat };
      }
    }
    return null;
  });
}
