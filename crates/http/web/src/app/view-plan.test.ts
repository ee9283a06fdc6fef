import { expect, it } from 'vitest';
import type { Collection, Facilities, GeometryKind } from '../api/types.ts';
import { inDrawOrder, summaryLines } from './summary.ts';
import { plan } from './view-plan.ts';

const layer = (id: string, geometry: GeometryKind, order = 1, minzoom?: number): Collection => ({
  id,
  title: id,
  siseol: {
    label: { ko: id, en: id },
    geometry,
    look: { color: '#000000', order, ...(minzoom === undefined ? {} : { minzoom }) },
    class_field: null,
    classes: [],
  },
});

const view = { bbox: [0, 0, 10, 10], zoom: 15 } as const;
const none = new Set<string>();

it('asks for what it does not know', () => {
  expect(plan(layer('a', 'point'), view, none, undefined)).toBe('ask');
});

it('does not ask for a hidden layer, one below its zoom, or one without geometry', () => {
  expect(plan(layer('a', 'point'), view, new Set(['a']), undefined)).toBe('hidden');
  expect(plan(layer('a', 'point', 1, 16), view, none, undefined)).toBe('zoom-in');
  expect(plan(layer('a', 'none'), view, none, undefined)).toBe('unmapped');
});

it('keeps a full answer for any view within', () => {
  const known = { bbox: [0, 0, 20, 20], complete: true } as const;
  expect(plan(layer('a', 'line'), view, none, known)).toBe('keep');
  expect(plan(layer('a', 'line'), view, none, { ...known, bbox: [1, 1, 20, 20] })).toBe('ask');
});

it('knows that more than enough stays more than enough when zooming out', () => {
  const known = { bbox: [1, 1, 2, 2], complete: false } as const;
  expect(plan(layer('a', 'line'), view, none, known)).toBe('zoom-in');
  expect(plan(layer('a', 'line'), { ...view, bbox: [1, 1, 1.5, 2] }, none, known)).toBe('ask');
});

it('draws areas below lines below points, and lists them the other way round', () => {
  const layers = [layer('pt', 'point', 2), layer('dong', 'polygon', 0), layer('ln', 'line', 2)];
  expect(inDrawOrder(layers).map((c) => c.id)).toEqual(['dong', 'ln', 'pt']);
  expect(summaryLines(layers, null, 'ko').map((l) => l.label)).toEqual(['pt', 'ln', 'dong']);
});

it('counts by class, but not when one class holds everything', () => {
  const row = { layer: 'pt', label: { ko: 'pt', en: 'pt' }, count: 3, length_m: 9 };
  const one = { class: 'A', label: { ko: '가', en: 'a' }, count: 3 };
  const facilities = (by_class: (typeof one)[]): Facilities => ({
    type: 'FeatureCollection',
    features: [],
    numberMatched: 3,
    numberReturned: 0,
    timeStamp: '',
    summary: [{ ...row, by_class }],
  });
  const layers = [layer('pt', 'point')];
  expect(summaryLines(layers, facilities([one]), 'ko')[0]).toMatchObject({
    count: 3,
    lengthM: 9,
    classes: [],
  });
  expect(summaryLines(layers, null, 'ko', 'ln')[0]?.count).toBeNull();
  const two = facilities([
    { ...one, count: 2 },
    { class: 'B', label: { ko: '', en: '' }, count: 1 },
  ]);
  expect(summaryLines(layers, two, 'ko')[0]?.classes.map((c) => c.label)).toEqual(['가', 'B']);
});
