import { expect, it } from 'vitest';
import type { Feature } from '../api/types.ts';
import type { Selection } from '../state/store.ts';
import { renewed, withDistance } from './selection.ts';

const feature = (id: number, layer: string, values: Record<string, unknown> = {}): Feature => ({
  type: 'Feature',
  id,
  geometry: { type: 'Point', coordinates: [127, 37] },
  properties: { layer, ...values },
});
const selection = (...features: Feature[]): Selection => ({
  features,
  fates: new Map(),
  open: 1,
  at: null,
});
const always = () => true;

it('asks only for what may have changed', async () => {
  const asked: number[] = [];
  const before = selection(feature(1, 'hydrant'), feature(2, 'shelter'));
  const after = await renewed(
    before,
    'now',
    (layer) => layer === 'shelter',
    async (f) => {
      asked.push(f.id);
      return f;
    },
  );
  expect(asked).toEqual([2]);
  expect(after).toEqual(before);
});

it('shows what has changed as it is now, and marks it', async () => {
  const before = selection(feature(1, 'a', { N: 1 }), feature(2, 'a', { N: 1 }), feature(3, 'a'));
  const now = new Map([
    [1, feature(1, 'a', { N: 2 })],
    [2, feature(2, 'a', { N: 1 })],
    [3, { ...feature(3, 'a'), geometry: null }],
  ]);
  const after = await renewed(before, 'now', always, async (f) => now.get(f.id) ?? null);
  expect(after.features).toEqual([...now.values()]);
  expect([...after.fates]).toEqual([
    [0, { kind: 'changed', time: 'now' }],
    [2, { kind: 'changed', time: 'now' }],
  ]);
  expect(after.open).toBe(1);
});

it('takes neither a new distance nor another order of the fields for a change', async () => {
  const before = selection(feature(1, 'a', { N: 1, M: 2, distance_m: 5 }));
  const same = feature(1, 'a', { M: 2, N: 1, distance_m: 7 });
  expect((await renewed(before, 'now', always, async () => same)).fates.size).toBe(0);
});

it('keeps what is gone as it was, until it is back', async () => {
  const before = selection(feature(1, 'a', { N: 1 }));
  const gone = await renewed(before, 'first', always, async () => null);
  expect(gone.features).toEqual(before.features);
  expect([...gone.fates]).toEqual([[0, { kind: 'deleted', time: 'first' }]]);
  const still = await renewed(gone, 'later', always, async () => null);
  expect(still.fates.get(0)?.time).toBe('first');
  const back = await renewed(still, 'last', always, async (f) => f);
  expect(back.fates.size).toBe(0);
});

it('goes on saying how far a feature is, where it was said', () => {
  const plain = feature(1, 'a');
  const far = feature(1, 'a', { distance_m: 7 });
  const near = feature(1, 'a', { distance_m: 5 });
  const other = feature(1, 'b', { distance_m: 1 });
  expect(withDistance(near, plain, [other, far])).toEqual(far);
  expect(withDistance(near, plain, [other])).toEqual(plain);
  expect(withDistance(plain, plain, [far])).toEqual(plain);
});
