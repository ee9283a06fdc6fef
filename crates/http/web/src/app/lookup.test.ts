import { expect, it } from 'vitest';
import { Client } from '../api/client.ts';
import { Store } from '../state/store.ts';
import { Health } from './health.ts';
import { Lookup } from './lookup.ts';
import type { Question } from './questions.ts';

const question: Question = { id: 'hydrants', layer: 'hydrant', radius: 500, answer: 'count' };
const search = (radius: number) => ({ point: [127, 37] as const, radius });

/** Requests are answered when the test says so. */
function setUp() {
  const asked: { query: string; answer: (matched: number) => Promise<void> }[] = [];
  const client = new Client(
    new URL('http://city.test/api/'),
    { get: () => null, ask: async () => '' },
    (input, init) =>
      new Promise((resolve, reject) => {
        init?.signal?.addEventListener('abort', () =>
          reject(new DOMException('given up', 'AbortError')),
        );
        const answer = async (numberMatched: number) => {
          resolve(new Response(JSON.stringify({ features: [], summary: [], numberMatched })));
          await new Promise((done) => setTimeout(done));
        };
        asked.push({ query: new URL(String(input)).search, answer });
      }),
  );
  const store = new Store();
  const lookup = new Lookup(store, client, new Health(store));
  return { asked, store, lookup };
}

it('gives up the older of two searches', async () => {
  const { asked, store, lookup } = setUp();
  const first = lookup.run(search(100), null);
  const second = lookup.run(search(200), null);
  await asked[1]?.answer(2);
  expect(await first).toBeNull();
  expect((await second)?.facilities.numberMatched).toBe(2);
  expect(store.now.answer?.search.radius).toBe(200);
});

it('asks the same question again, quietly', async () => {
  const { asked, store, lookup } = setUp();
  const run = lookup.run(search(500), question);
  expect(store.now.searching).toBe(true);
  await asked[0]?.answer(3);
  const before = await run;
  const again = lookup.again();
  await new Promise((done) => setTimeout(done));
  expect(store.now.searching).toBe(false);
  expect(store.now.answer).toBe(before);
  await asked[1]?.answer(4);
  await again;
  expect(asked[1]?.query).toBe(asked[0]?.query);
  expect(store.now.answer?.facilities.numberMatched).toBe(4);
  expect(store.now.answer?.search).toBe(before?.search);
  expect(store.now.answer?.question).toBe(question);
});

it('lets a search that is under way end, for a person waits for it', async () => {
  const { asked, lookup } = setUp();
  const run = lookup.run(search(500), null);
  const again = lookup.again();
  await asked[0]?.answer(3);
  expect((await run)?.facilities.numberMatched).toBe(3);
  expect(asked).toHaveLength(2);
  await asked[1]?.answer(4);
  await again;
  expect(lookup.busy).toBe(false);
});

it('asks nothing again where nothing was asked', async () => {
  const { asked, lookup } = setUp();
  await lookup.again();
  expect(asked).toEqual([]);
});
