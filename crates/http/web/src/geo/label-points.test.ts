import { expect, it } from 'vitest';
import type { Feature } from '../api/types.ts';
import { labelPoints } from './label-points.ts';

const square: Feature = {
  type: 'Feature',
  id: 1,
  properties: { name: '당동' },
  geometry: {
    type: 'Polygon',
    coordinates: [
      [
        [126, 37],
        [127, 37],
        [127, 38],
        [126, 38],
        [126, 37],
      ],
    ],
  },
};

it('labels the middle of a polygon that is wholly in view, with its properties', () => {
  const [point] = labelPoints([square], [125, 36, 128, 39]);
  expect(point?.geometry.coordinates).toEqual([expect.closeTo(126.5), expect.closeTo(37.5)]);
  expect(point?.properties).toEqual({ name: '당동' });
});

it('labels the middle of the visible part', () => {
  const [point] = labelPoints([square], [126.8, 37.8, 130, 40]);
  expect(point?.geometry.coordinates).toEqual([expect.closeTo(126.9), expect.closeTo(37.9)]);
});

it('labels nothing that is out of view or no polygon', () => {
  expect(labelPoints([square], [0, 0, 1, 1])).toEqual([]);
  expect(labelPoints([{ ...square, geometry: null }], [125, 36, 128, 39])).toEqual([]);
});
