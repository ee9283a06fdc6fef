import { expect, it } from 'vitest';
import type { Collection, Facilities, Root } from '../api/types.ts';
import type { Answer } from '../state/store.ts';
import {
  answerText,
  homeOf,
  type Question,
  queryOf,
  questionsFor,
  questionText,
} from './questions.ts';

const layer = (id: string, ko: string, en: string): Collection => ({
  id,
  title: ko,
  siseol: {
    label: { ko, en },
    geometry: 'point',
    look: { color: '#000000', order: 1 },
    class_field: null,
    classes: [],
  },
});

const collections = [
  layer('hydrant', '소화전', 'Hydrants'),
  layer('water_pipe', '상수관로', 'Water mains'),
];
const root: Root = {
  title: '가상시',
  siseol: {
    generation: 1,
    stamp: 's',
    timeStamp: '2026-01-01T00:00:00Z',
    home: { lon: 126.9352, lat: 37.3617, label: { ko: '시청', en: 'City hall' } },
    notice: null,
    extent: [126, 37, 127, 38],
  },
};
const context = { lang: 'ko', root, collections } as const;

function answer(question: Question | null, n: number, length?: number): Answer {
  const facilities: Facilities = {
    type: 'FeatureCollection',
    features: n
      ? [
          {
            type: 'Feature',
            id: 1,
            geometry: null,
            properties: { facility_key: 'SA119-1', distance_m: 83.2 },
          },
        ]
      : [],
    numberMatched: n,
    numberReturned: n,
    timeStamp: '',
    summary: [
      {
        layer: question?.layer ?? 'hydrant',
        label: { ko: '', en: '' },
        count: n,
        by_class: [],
        ...(length === undefined ? {} : { length_m: length }),
      },
    ],
  };
  return { search: { point: [126.9352, 37.3617], radius: 500 }, question, facilities };
}

const [hydrants, pipes] = questionsFor(collections);

it('offers only what the city can answer', () => {
  expect(questionsFor(collections).map((q) => q.id)).toEqual(['hydrants', 'water-pipes']);
  expect(questionsFor([])).toEqual([]);
});

it('asks in both languages', () => {
  if (!hydrants) throw new Error('no question');
  expect(questionText(hydrants, context)).toBe('시청 500 m 안의 소화전은?');
  expect(questionText(hydrants, { ...context, lang: 'en' })).toBe(
    'Hydrants within 500 m of City hall?',
  );
  expect(queryOf(hydrants, [1, 2])).toEqual({
    near: [1, 2],
    layers: ['hydrant'],
    radius: 500,
    limit: 1000,
  });
});

it('answers a plain search, a count, a length, and nothing found', () => {
  expect(answerText(answer(null, 37), context)).toBe('반경 500 m: 시설 37건');
  expect(answerText(answer(null, 0), context)).toBe('반경 500 m 안에 시설이 없습니다.');
  if (!hydrants || !pipes) throw new Error('no question');
  expect(answerText(answer(hydrants, 12), context)).toBe(
    '시청 500 m 안에 소화전이 12곳 있습니다. 가장 가까운 곳까지 83 m입니다.',
  );
  expect(answerText(answer(pipes, 41, 3210), context)).toBe(
    '시청 300 m 안의 상수관로는 41개 구간, 전체 길이 3.21 km입니다.',
  );
  expect(answerText(answer(hydrants, 0), context)).toBe('시청 500 m 안에 소화전이 없습니다.');
});

it('starts at the city hall, else in the middle of the data', () => {
  expect(homeOf(root, [])).toEqual([126.9352, 37.3617]);
  expect(homeOf({ ...root, siseol: { ...root.siseol, home: null } }, [])).toEqual([126.5, 37.5]);
  expect(homeOf(null, [])).toBeNull();
});
