import { answer, api, idle } from './harness.mjs';

/** A click on a thing shows its fields, decoded. */
export async function identifies(h, page) {
  const spot = await page.evaluate(() => {
    const { map } = window.siseol;
    const box = map.getContainer().getBoundingClientRect();
    const layers = map
      .getStyle()
      .layers.filter((l) => /^point:/.test(l.id))
      .map((l) => l.id);
    for (const hit of map.queryRenderedFeatures({ layers })) {
      const { x, y } = map.project(hit.geometry.coordinates);
      const free = document.elementFromPoint(box.x + x, box.y + y) === map.getCanvas();
      if (free && x > 40 && y > 40 && x < box.width - 40 && y < box.height - 40) {
        return { x: box.x + x, y: box.y + y, layer: hit.source.replace('items:', ''), fid: hit.id };
      }
    }
    return null;
  });
  if (!h.check('there is a point to click', spot !== null)) return;
  await page.mouse.click(spot.x, spot.y);
  await page.waitForSelector('#identify');
  const several = page.locator('#identify .overlaps button');
  if ((await several.count()) > 0) {
    h.check('overlapping features are a list', (await several.count()) > 1);
    await several.first().click();
    await page.waitForSelector('#fields');
    h.check('one can go back to it', (await page.locator('#identify [name=back]').count()) === 1);
  }
  await page.waitForSelector('#fields');
  await idle(page);
  await page.keyboard.press('Escape');
  h.equal('Escape closes it', await page.locator('#identify').count(), 0);
  await decodes(h, page);
}

/** From the list, where it is known which feature it is: each field has its label, each code its meaning. */
async function decodes(h, page) {
  const { facilities } = await answer(page);
  const coded = facilities.summary.find(
    (s) => s.by_class.length > 0 && facilities.features.some((f) => f.properties.layer === s.layer),
  );
  const feature =
    facilities.features.find((f) => f.properties.layer === coded?.layer) ?? facilities.features[0];
  if (!h.check('there is a feature in the list', feature !== undefined)) return;
  await page.click('#tab-list');
  await page.click(`#list tr[data-fid="${feature.id}"] button`);
  await page.waitForSelector('#fields tr[data-field]');
  await page.waitForTimeout(300);
  const schema = await api(page, `collections/${feature.properties.layer}/schema?f=json`);
  const rows = await page.locator('#fields tr[data-field]').evaluateAll((all) =>
    all.map((r) => ({
      field: r.dataset.field,
      label: r.querySelector('th').innerText,
      value: r.querySelector('td').innerText,
    })),
  );
  h.check('the fields are shown', rows.length > 0);
  const labels = rows.filter((r) => schema.properties[r.field]);
  const titled = labels.filter(
    (r) =>
      r.label !==
      (schema.properties[r.field]['x-siseol-label']?.ko ?? schema.properties[r.field].title),
  );
  h.equal('under their labels', titled, []);
  const codes = labels.filter((r) =>
    schema.properties[r.field].oneOf?.some((o) => o.const === feature.properties[r.field]),
  );
  const bare = codes.filter((r) => {
    const raw = feature.properties[r.field];
    const option = schema.properties[r.field].oneOf.find((o) => o.const === raw);
    return !(
      r.value.includes(option['x-siseol-label']?.ko ?? option.title) &&
      r.value.includes(String(raw))
    );
  });
  h.equal(`codes with their meaning (${codes.length})`, bare, []);
  h.check(
    'the keyboard is in the panel',
    await page.evaluate(() => document.activeElement?.closest('#identify') !== null),
  );
  h.check(
    'the feature is marked on the map',
    await page.evaluate(async () => {
      await window.siseol.idle();
      return window.siseol.map.queryRenderedFeatures().some((f) => f.source === 'lit');
    }),
  );
  await page.click('#identify [name=close]');
  h.check(
    'closing goes back to the row',
    await page.evaluate(() => document.activeElement?.closest('#list tr') !== null),
  );
  await page.click('#tab-summary');
}
