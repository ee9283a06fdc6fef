import { describe, expect, it } from 'vitest';
import { clock, dictionaries, endsClosed, label, metres, radius, t } from './index.ts';

const names = (text: string) => [...text.matchAll(/\{(\w+)/g)].map((m) => m[1]).sort();

describe('dictionaries', () => {
  it('have the same keys', () => {
    expect(Object.keys(dictionaries.en)).toEqual(Object.keys(dictionaries.ko));
  });

  it('use the same placeholders, and leave nothing empty', () => {
    for (const [key, ko] of Object.entries(dictionaries.ko)) {
      const en = Object.entries(dictionaries.en).find(([k]) => k === key)?.[1] ?? '';
      expect(new Set(names(en)), key).toEqual(new Set(names(ko)));
      expect(ko.trim() && en.trim(), key).toBeTruthy();
    }
  });

  it('have no Hangul in the English one', () => {
    expect(Object.values(dictionaries.en).filter((s) => /[가-힣]/.test(s))).toEqual([]);
  });
});

describe('sentences', () => {
  it('choose the particle by the last syllable', () => {
    const words = { home: '시청', radius: '500 m' };
    expect(t('ko', 'question_within', { ...words, layer: '소화전' })).toBe(
      '시청 500 m 안의 소화전은?',
    );
    expect(t('ko', 'question_within', { ...words, layer: '상수관로' })).toBe(
      '시청 500 m 안의 상수관로는?',
    );
  });

  it('never read a word as a pattern or as a placeholder', () => {
    expect(t('en', 'around', { place: '$& {radius}' })).toBe('Around $& {radius}');
  });

  it.each([
    ['밸브', false],
    ['맨홀', true],
    ['소화전(지상)', true],
    ['CCTV', false],
    ['동3', true],
  ])('know that %s ends closed: %s', (word, closed) => expect(endsClosed(word)).toBe(closed));
});

it('writes lengths as people say them', () => {
  expect([0, 8.44, 83.4, 999.6, 12_340].map((m) => metres('ko', m))).toEqual([
    '0 m',
    '8.4 m',
    '83 m',
    '1 km',
    '12.34 km',
  ]);
  expect(radius('en', 1500.5)).toBe('1,500.5 m');
});

it('tells the time of day alone only of today', () => {
  const now = new Date(2026, 0, 15, 23, 0);
  const at = (...of: [number, number, number, number, number]) =>
    clock('en', new Date(...of).toISOString(), now);
  expect(at(2026, 0, 15, 9, 5)).toBe('09:05');
  expect(at(2026, 0, 14, 23, 30)).toBe('14 Jan 2026, 23:30');
});

it('falls back to the other language', () => {
  expect(label('en', { ko: '상수관로', en: '' })).toBe('상수관로');
  expect(label('en', null, 'water_pipe')).toBe('water_pipe');
});
