import { describe, expect, it } from 'vitest';
import type { Collection, StateChange } from '../api/types.ts';
import { changedLayers, newsLine, newsOf, newsWords } from './news.ts';
import type { Context } from './questions.ts';

const collection = (id: string, ko: string, en: string): Collection => ({
  id,
  title: ko,
  siseol: {
    label: { ko, en },
    geometry: 'line',
    look: { color: '#0000ff', order: 1 },
    class_field: null,
    classes: [],
  },
});
const collections = [
  collection('water_pipe', '상수관로', 'Water mains'),
  collection('hydrant', '소화전', 'Hydrants'),
];
const context = (lang: 'ko' | 'en'): Context => ({ lang, root: null, collections });

/** Today, so that the line tells the time alone. */
const TIME = new Date(new Date().setHours(10, 32, 5)).toISOString();

type Counts = [layer: string, inserted: number, updated: number, deleted: number];
const change = (kind: string, ...layers: Counts[]): StateChange => ({
  generation: 4,
  stamp: '0123456789abcdef0123456789abcdef',
  time: TIME,
  change_set: 4,
  kind,
  author: null,
  comment: null,
  source: null,
  layers: layers.map(([layer, inserted, updated, deleted]) => ({
    layer,
    inserted,
    updated,
    deleted,
  })),
});

const lines = (lang: 'ko' | 'en', ...changes: StateChange[]) => {
  const news = newsOf(changes);
  return news && [newsLine(news, context(lang)), newsWords(news, context(lang))];
};

describe('news', () => {
  it('are a line to see, and words to hear', () => {
    const delivery = change('delivery', ['water_pipe', 5, 10, 3], ['hydrant', 0, 1200, 0]);
    expect(lines('ko', delivery)).toEqual([
      '10:32 · 상수관로 +5 ~10 −3 · 소화전 ~1,200',
      '10:32 · 상수관로 추가 5, 변경 10, 삭제 3 · 소화전 변경 1,200',
    ]);
    expect(lines('en', delivery)).toEqual([
      '10:32 · Water mains +5 ~10 −3 · Hydrants ~1,200',
      '10:32 · Water mains 5 added, 10 changed, 3 deleted · Hydrants 1,200 changed',
    ]);
  });

  it('add up what came together', () => {
    const [a, b] = [
      change('delivery', ['hydrant', 1, 2, 0]),
      change('undo', ['hydrant', 0, 2, 1], ['water_pipe', 1, 0, 0]),
    ];
    expect(lines('ko', a, b)?.[0]).toBe('10:32 · 소화전 +1 ~4 −1 · 상수관로 +1');
  });

  it('say when something was only taken back', () => {
    expect(lines('ko', change('undo', ['hydrant', 0, 0, 5]))?.[0]).toBe(
      '10:32 · 되돌림 · 소화전 −5',
    );
  });

  it('count the layers that are too many to name', () => {
    const many = change(
      'delivery',
      ['a', 1, 0, 0],
      ['b', 1, 0, 0],
      ['c', 1, 0, 0],
      ['d', 1, 0, 0],
      ['e', 1, 0, 0],
    );
    expect(lines('ko', many)?.[0]).toBe('10:32 · a +1 · b +1 · c +1 · 외 2종');
  });

  it('are none where no row changed', () => {
    expect(newsOf([change('delivery', ['hydrant', 0, 0, 0])])).toBeNull();
    expect(newsOf([])).toBeNull();
  });

  it('tell that all was loaded anew where it is not known what changed', () => {
    const news = { time: TIME, undo: false, layers: [] };
    expect(newsLine(news, context('ko'))).toBe('10:32 · 자료를 모두 다시 불러왔습니다');
  });
});

it('finds the layers with changed rows, and the new ones', () => {
  const changes = [
    change('delivery', ['hydrant', 0, 0, 0], ['shelter', 0, 0, 0]),
    change('delivery', ['water_pipe', 0, 1, 0]),
  ];
  expect(changedLayers(changes, collections)).toEqual(new Set(['shelter', 'water_pipe']));
});
