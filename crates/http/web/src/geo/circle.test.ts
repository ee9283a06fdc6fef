import { expect, it } from 'vitest';
import { circle, circleBounds, destination } from './circle.ts';

const dms = (d: number, m: number, s: number) => Math.sign(d) * (Math.abs(d) + m / 60 + s / 3600);

it("solves the survey's worked example (Flinders Peak to Buninyong) to a tenth of a millimetre", () => {
  // The example is on GRS 80, whose flattening parts from WGS 84's in the ninth digit.
  const [lon, lat] = destination(
    [dms(144, 25, 29.5244), dms(-37, 57, 3.7203)],
    dms(306, 52, 5.37),
    54_972.271,
  );
  expect(lat).toBeCloseTo(dms(-37, 39, 10.1561), 7);
  expect(lon).toBeCloseTo(dms(143, 55, 35.3839), 7);
});

it('stays in place for no distance', () => {
  expect(destination([126.9352, 37.3617], 45, 0)).toEqual([
    expect.closeTo(126.9352, 12),
    expect.closeTo(37.3617, 12),
  ]);
});

it('closes the ring, counter-clockwise, with the corners asked for', () => {
  const ring = circle([126.9352, 37.3617], 500, 64).coordinates[0] ?? [];
  expect(ring).toHaveLength(65);
  expect(ring[64]).toEqual(ring[0]);
  expect(ring[16]?.[0]).toBeLessThan(126.9352);
});

it('has bounds that are wider in degrees of longitude than of latitude', () => {
  const [west, south, east, north] = circleBounds([126.9352, 37.3617], 500);
  expect((north - south) * 110_990).toBeCloseTo(1000, -1);
  expect((east - west) / (north - south)).toBeCloseTo(1 / Math.cos(37.36 * (Math.PI / 180)), 1);
});
