import type { Geometry, Position } from 'geojson';
import type { Bbox } from '../api/types.ts';

const METRES_PER_DEGREE = 111_320;

/** The box of a geometry, or null when it has no point. */
export function bounds(geometry: Geometry | null): Bbox | null {
  let [w, s, e, n] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x = Number.NaN, y = Number.NaN] of positions(geometry)) {
    if (x < w) w = x;
    if (x > e) e = x;
    if (y < s) s = y;
    if (y > n) n = y;
  }
  return w <= e && s <= n ? [w, s, e, n] : null;
}

export function union(boxes: Iterable<Bbox | null>): Bbox | null {
  let all: Bbox | null = null;
  for (const b of boxes) {
    if (!b) continue;
    all = all
      ? [
          Math.min(all[0], b[0]),
          Math.min(all[1], b[1]),
          Math.max(all[2], b[2]),
          Math.max(all[3], b[3]),
        ]
      : b;
  }
  return all;
}

/** A centimetre. The map's own box is other by less than a hair when only its window has changed. */
const SLACK = 1e-7;

export function contains(outer: Bbox, inner: Bbox): boolean {
  return (
    outer[0] <= inner[0] + SLACK &&
    outer[1] <= inner[1] + SLACK &&
    outer[2] >= inner[2] - SLACK &&
    outer[3] >= inner[3] - SLACK
  );
}

/** The longer side of a box in metres; rough, for deciding how a thing is drawn, never for an answer. */
export function extentMetres([w, s, e, n]: Bbox): number {
  const shrink = Math.cos((((s + n) / 2) * Math.PI) / 180);
  return Math.max((e - w) * shrink, n - s) * METRES_PER_DEGREE;
}

function* positions(geometry: Geometry | null): Generator<Position> {
  if (!geometry) return;
  if (geometry.type === 'GeometryCollection') {
    for (const part of geometry.geometries) yield* positions(part);
  } else {
    yield* flatten(geometry.coordinates);
  }
}

type Nested = Position | Position[] | Position[][] | Position[][][];

function* flatten(coordinates: Nested): Generator<Position> {
  for (const [i, part] of coordinates.entries()) {
    if (typeof part === 'number') {
      // A number means that `coordinates` is itself one position.
      if (i === 0) yield coordinates.filter((c) => typeof c === 'number');
    } else {
      yield* flatten(part);
    }
  }
}
