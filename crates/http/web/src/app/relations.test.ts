import { expect, it } from 'vitest';
import type { Feature, Related, Relation } from '../api/types.ts';
import { relativesOf } from './relations.ts';

const both = (text: string) => ({ ko: text, en: text });
const feature = (id: number): Feature => ({
  type: 'Feature',
  id,
  geometry: null,
  properties: { layer: 'a' },
});
const relation = (fid: number, means: string, names: boolean): Relation => ({
  layer: 'a',
  fid,
  means,
  label: both(names ? 'record' : means),
  names,
});
const answer = (...relations: Relation[]): Related => ({
  type: 'FeatureCollection',
  features: relations.map((r) => feature(r.fid)),
  numberMatched: relations.length,
  numberReturned: relations.length,
  timeStamp: '',
  relations,
});

it('makes one block for each way of belonging, in the order of the answer', () => {
  const related = answer(
    relation(7, 'start', false),
    relation(3, 'end', false),
    relation(5, 'start', false),
  );
  const blocks = relativesOf(related).map((b) => [b.label.ko, b.features.map((f) => f.id)]);
  expect(blocks).toEqual([
    ['start', [7, 5]],
    ['end', [3]],
  ]);
});

it('keeps what is named apart from what names, and puts all that names together', () => {
  const related = answer(
    relation(1, 'record', false),
    relation(2, 'record', true),
    relation(3, 'owner', true),
  );
  expect(relativesOf(related).map((b) => b.features.map((f) => f.id))).toEqual([[1], [2, 3]]);
});

it('makes nothing of nothing', () => {
  expect(relativesOf(answer())).toEqual([]);
});
