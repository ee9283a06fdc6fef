import { expect, it } from 'vitest';
import { parseLonLat, parseRadius, writeLonLat } from './coordinates.ts';

it.each([
  ['126.9352,37.3617', [126.9352, 37.3617]],
  [' 126.9352  37.3617 ', [126.9352, 37.3617]],
  ['37.3617, 126.9352', [126.9352, 37.3617]],
  ['(126.9352, 37.3617)', [126.9352, 37.3617]],
  ['-58.4, -34.6', [-58.4, -34.6]],
])('reads %s', (text, expected) => {
  expect(parseLonLat(text)).toEqual(expected);
});

it.each(['', '126.9', '1,2,3', '200, 37', '126, 95', '시청'])('refuses "%s"', (text) => {
  expect(parseLonLat(text)).toBeNull();
});

it('reads metres and refuses what is no radius', () => {
  expect(parseRadius('500')).toBe(500);
  expect(parseRadius(' 1,500.5 ')).toBe(1500.5);
  for (const text of ['', '0', '-5', 'abc', '20001', '1e3', '5m'])
    expect(parseRadius(text)).toBeNull();
});

it('writes a point as it can be typed again', () => {
  expect(parseLonLat(writeLonLat([126.935212, 37.3617]))).toEqual([126.93521, 37.3617]);
});
