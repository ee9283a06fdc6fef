import { expect, it } from 'vitest';
import { Client } from '../api/client.ts';
import type { Feature, Related } from '../api/types.ts';
import { Store } from '../state/store.ts';
import { Health } from './health.ts';
import { RelatedLoader } from './related-loader.ts';
import { Schemas } from './schemas.ts';

const feature = (id: number, layer = 'valve', mapped = true): Feature => ({
  type: 'Feature',
  id,
  geometry: mapped ? { type: 'Point', coordinates: [127, 37] } : null,
  properties: { layer },
});
const related = (...features: Feature[]): Related => ({
  type: 'FeatureCollection',
  features,
  numberMatched: features.length,
  numberReturned: features.length,
  timeStamp: '',
  relations: [],
});
const settled = () => new Promise((done) => setTimeout(done));

/** Requests are answered when the test says so; null for an answer is no server. */
function setUp() {
  const asked: {
    path: string;
    signal: AbortSignal | null | undefined;
    answer: (body: object | null, status?: number) => Promise<void>;
  }[] = [];
  const client = new Client(
    new URL('http://city.test/api/'),
    { get: () => null, ask: async () => '' },
    (input, init) =>
      new Promise((resolve, reject) => {
        const signal = init?.signal;
        signal?.addEventListener('abort', () => reject(new DOMException('', 'AbortError')));
        const answer = async (body: object | null, status = 200) => {
          if (body) resolve(new Response(JSON.stringify(body), { status }));
          else reject(new TypeError('failed to fetch'));
          await settled();
        };
        asked.push({ path: new URL(String(input)).pathname, signal, answer });
      }),
  );
  const store = new Store();
  const health = new Health(store);
  const loader = new RelatedLoader(store, client, health, new Schemas(store, client, health));
  return { asked, store, loader };
}

it('loads what belongs with the feature that is open', async () => {
  const { asked, store, loader } = setUp();
  const shown = loader.show(feature(7));
  expect(store.now.related).toBe('loading');
  expect(loader.busy).toBe(true);
  expect(asked[0]?.path).toBe('/api/collections/valve/items/7/related');
  const answer = related(feature(1, 'pipe'));
  await asked[0]?.answer(answer);
  await shown;
  expect(store.now.related).toEqual(answer);
  expect(loader.busy).toBe(false);
});

it('gives up what nobody waits for any more', async () => {
  const { asked, store, loader } = setUp();
  const first = loader.show(feature(7));
  const second = loader.show(feature(8));
  expect(asked[0]?.signal?.aborted).toBe(true);
  const answer = related();
  await asked[1]?.answer(answer);
  await asked[0]?.answer(related(feature(1)));
  await Promise.all([first, second]);
  expect(store.now.related).toEqual(answer);
  const third = loader.show(feature(9));
  await loader.show(null);
  expect(asked[2]?.signal?.aborted).toBe(true);
  await third;
  expect(store.now.related).toBeNull();
});

it('shows what it has of the same feature until the new answer is there', async () => {
  const { asked, store, loader } = setUp();
  const first = loader.show(feature(7));
  await asked[0]?.answer(related(feature(1)));
  await first;
  const before = store.now.related;
  const again = loader.show({ ...feature(7), properties: { layer: 'valve', NOTE: 'new' } });
  expect(store.now.related).toBe(before);
  await asked[1]?.answer(related(feature(1), feature(2)));
  await again;
  expect(store.now.related).toMatchObject({ numberMatched: 2 });
});

it('takes a feature of the same number in another layer for another one', () => {
  const { store, loader } = setUp();
  void loader.show(feature(7));
  store.set({ related: related() });
  void loader.show(feature(7, 'hydrant'));
  expect(store.now.related).toBe('loading');
});

it('has the fields of records explained before it shows them', async () => {
  const { asked, store, loader } = setUp();
  const shown = loader.show(feature(7));
  const records = [feature(1, 'pipe'), feature(2, 'works', false), feature(3, 'works', false)];
  await asked[0]?.answer(related(...records));
  expect(store.now.related).toBe('loading');
  expect(asked.slice(1).map((a) => a.path)).toEqual(['/api/collections/works/schema']);
  const schema = { properties: {} };
  await asked[1]?.answer(schema);
  await shown;
  expect(store.now.schemas['works']).toEqual(schema);
  expect(store.now.related).toMatchObject({ numberMatched: 3 });
});

it('says that it failed, and tries again when it is told to', async () => {
  const { asked, store, loader } = setUp();
  const shown = loader.show(feature(7));
  await asked[0]?.answer({ title: 'Busy' }, 503);
  await shown;
  expect(store.now.related).toBe('failed');
  expect([store.now.problem, store.now.gone]).toEqual([null, null]);
  const again = loader.again();
  expect(store.now.related).toBe('loading');
  await asked[1]?.answer(null);
  await again;
  expect(store.now.related).toBe('failed');
  expect(store.now.gone).not.toBeNull();
});

it('has nothing to show of what the register does not have, and nothing to ask when nothing is open', async () => {
  const { asked, store, loader } = setUp();
  await loader.again();
  expect(asked).toEqual([]);
  const shown = loader.show(feature(7));
  await asked[0]?.answer({ title: 'Not found' }, 404);
  await shown;
  expect(store.now.related).toBeNull();
});
