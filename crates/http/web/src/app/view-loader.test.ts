import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Client } from '../api/client.ts';
import type { Bbox, Collection } from '../api/types.ts';
import { ViewLoader } from './view-loader.ts';

const collection: Collection = {
  id: 'hydrant',
  title: 'hydrant',
  siseol: {
    label: { ko: '소화전', en: 'Hydrants' },
    geometry: 'point',
    look: { color: '#dd0000', order: 1, minzoom: 10 },
    class_field: null,
    classes: [],
  },
};

function setUp(matched: () => number, status = () => 200) {
  const asked: string[] = [];
  const aborted: string[] = [];
  const client = new Client(
    new URL('http://city.test/api/'),
    { get: () => null, ask: async () => '' },
    (input, init) =>
      new Promise((resolve, reject) => {
        asked.push(String(input));
        init?.signal?.addEventListener('abort', () => {
          aborted.push(String(input));
          reject(new DOMException('given up', 'AbortError'));
        });
        const body = { features: [], numberMatched: matched(), numberReturned: 0 };
        const answer = new Response(JSON.stringify(body), { status: status() });
        setTimeout(() => resolve(answer), 100);
      }),
  );
  const view = { bbox: [0, 0, 1, 1] as Bbox, zoom: 15 };
  const statuses: string[] = [];
  const drawn: (number | null)[] = [];
  const loader = new ViewLoader(client, {
    view: () => ({ ...view }),
    collections: () => [collection],
    hidden: () => new Set(),
    draw: (_, features) => drawn.push(features?.length ?? null),
    status: (_, status) => statuses.push(status),
    busy: () => {},
    failed: (error) => statuses.push(String(error)),
  });
  return { asked, aborted, view, statuses, drawn, loader };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('asks once for many movements, when they end', async () => {
  const { loader, asked, statuses } = setUp(() => 3);
  for (let i = 0; i < 5; i++) {
    loader.refresh();
    await vi.advanceTimersByTimeAsync(100);
  }
  expect(asked).toEqual([]);
  await vi.advanceTimersByTimeAsync(500);
  expect(asked).toHaveLength(1);
  expect(statuses).toEqual(['drawn']);
  expect(loader.busy).toBe(false);
});

it('gives up a request when the map moves on, and says nothing about it', async () => {
  const { loader, asked, aborted, statuses, view } = setUp(() => 3);
  loader.refresh();
  await vi.advanceTimersByTimeAsync(300);
  view.bbox = [5, 5, 6, 6];
  loader.refresh();
  await vi.advanceTimersByTimeAsync(1000);
  expect(asked).toHaveLength(2);
  expect(aborted).toEqual([asked[0]]);
  expect(statuses).toEqual(['drawn']);
});

it('does not draw more than the limit, and says to zoom in', async () => {
  const { loader, statuses, drawn } = setUp(() => 2001);
  loader.refresh(0);
  await vi.advanceTimersByTimeAsync(200);
  expect(statuses).toEqual(['zoom-in']);
  expect(drawn).toEqual([null]);
});

it('does not ask for a layer below its own zoom', async () => {
  const { loader, asked, statuses, view } = setUp(() => 3);
  view.zoom = 9;
  loader.refresh(0);
  await vi.advanceTimersByTimeAsync(200);
  expect(asked).toEqual([]);
  expect(statuses).toEqual(['zoom-in']);
});

it('asks anew for a layer that has changed, and for no other', async () => {
  const { loader, asked, drawn } = setUp(() => 3);
  loader.refresh(0);
  await vi.advanceTimersByTimeAsync(200);
  loader.forget((layer) => layer === 'shelter');
  await vi.advanceTimersByTimeAsync(200);
  expect(asked).toHaveLength(1);
  loader.forget((layer) => layer === 'hydrant');
  await vi.advanceTimersByTimeAsync(200);
  expect(asked).toHaveLength(2);
  expect(drawn).toEqual([0, 0]);
});

it('does not believe an answer that was under way when its layer changed', async () => {
  const { loader, asked, aborted } = setUp(() => 3);
  loader.refresh(0);
  await vi.advanceTimersByTimeAsync(50);
  loader.forget(() => true);
  await vi.advanceTimersByTimeAsync(200);
  expect(asked).toHaveLength(2);
  expect(aborted).toEqual([asked[0]]);
});

it('keeps what is drawn when it cannot be loaded anew, and asks again at the next occasion', async () => {
  let status = 200;
  const { loader, asked, drawn, statuses } = setUp(
    () => 3,
    () => status,
  );
  loader.refresh(0);
  await vi.advanceTimersByTimeAsync(200);
  status = 503;
  loader.forget(() => true);
  await vi.advanceTimersByTimeAsync(200);
  expect(drawn).toEqual([0]);
  status = 200;
  loader.refresh(0);
  await vi.advanceTimersByTimeAsync(200);
  expect(asked).toHaveLength(3);
  expect(drawn).toEqual([0, 0]);
  expect(statuses).toEqual(['drawn', 'failed', 'ApiProblem: HTTP 503', 'drawn']);
});
