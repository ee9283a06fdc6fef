import { expect, it } from 'vitest';
import { readPermalink, writePermalink } from './permalink.ts';

it('comes back as it was written', () => {
  const link = {
    centre: [126.9352, 37.3617],
    zoom: 15.25,
    point: [126.93, 37.36],
    radius: 500,
    lang: 'en',
  } as const;
  expect(writePermalink(link)).toBe('#map=15.25/126.93520/37.36170&at=126.93,37.36&r=500&lang=en');
  expect(readPermalink(writePermalink(link))).toEqual(link);
});

it('leaves out what cannot be read', () => {
  expect(readPermalink('')).toEqual({});
  expect(readPermalink('#map=99/126/37&at=nowhere&r=-1&lang=fr&x=1')).toEqual({});
  expect(readPermalink('#map=12&r=300')).toEqual({ radius: 300 });
});
