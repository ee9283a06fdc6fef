import { expect, it } from 'vitest';
import { bounds, contains, extentMetres, union } from './bounds.ts';

it('finds the box of each kind of geometry', () => {
  expect(bounds({ type: 'Point', coordinates: [1, 2, 30] })).toEqual([1, 2, 1, 2]);
  expect(
    bounds({
      type: 'LineString',
      coordinates: [
        [3, 2],
        [1, 5],
      ],
    }),
  ).toEqual([1, 2, 3, 5]);
  expect(
    bounds({
      type: 'MultiPolygon',
      coordinates: [
        [
          [
            [0, 0],
            [4, 0],
            [4, 3],
            [0, 0],
          ],
        ],
        [
          [
            [9, 9],
            [9, 10],
            [8, 9],
            [9, 9],
          ],
        ],
      ],
    }),
  ).toEqual([0, 0, 9, 10]);
  expect(
    bounds({ type: 'GeometryCollection', geometries: [{ type: 'Point', coordinates: [7, -1] }] }),
  ).toEqual([7, -1, 7, -1]);
});

it('has no box for nothing', () => {
  expect(bounds(null)).toBeNull();
  expect(bounds({ type: 'MultiPoint', coordinates: [] })).toBeNull();
  expect(union([null, null])).toBeNull();
});

it('joins and compares boxes; the rim counts as inside', () => {
  expect(union([[0, 0, 1, 1], null, [2, -1, 3, 0]])).toEqual([0, -1, 3, 1]);
  expect(contains([0, 0, 2, 2], [0, 0, 2, 2])).toBe(true);
  expect(contains([0, 0, 2, 2], [-4e-14, 0, 2 + 4e-14, 2])).toBe(true);
  expect(contains([0, 0, 2, 2], [1, 1, 2, 2.1])).toBe(false);
});

it('measures the longer side in metres', () => {
  expect(extentMetres([126.93, 37.36, 126.9413, 37.361])).toBeCloseTo(1000, -1);
});
