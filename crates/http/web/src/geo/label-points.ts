import type { Feature as GeoFeature, Geometry, Point, Position } from 'geojson';
import type { Bbox, Feature } from '../api/types.ts';

/**
 * One point per polygon, in the middle of what the view shows of it. Labels set on the polygons themselves would be
 * repeated once per tile.
 */
export function labelPoints(features: readonly Feature[], view: Bbox): GeoFeature<Point>[] {
  return features.flatMap((feature) => {
    const ring = largestRing(feature.geometry);
    const coordinates = ring && centroid(clip(ring, view));
    return coordinates
      ? [
          {
            type: 'Feature',
            properties: feature.properties,
            geometry: { type: 'Point', coordinates },
          },
        ]
      : [];
  });
}

function largestRing(geometry: Geometry | null): Position[] | undefined {
  if (geometry?.type === 'Polygon') return geometry.coordinates[0];
  if (geometry?.type !== 'MultiPolygon') return undefined;
  const outer = geometry.coordinates.flatMap((polygon) => polygon.slice(0, 1));
  return outer.sort((a, b) => Math.abs(doubleArea(b)) - Math.abs(doubleArea(a)))[0];
}

/** Sutherland and Hodgman: cut the ring at each side of the box in turn. */
function clip(ring: Position[], [west, south, east, north]: Bbox): Position[] {
  const sides: [axis: 0 | 1, at: number, keep: 1 | -1][] = [
    [0, west, 1],
    [1, south, 1],
    [0, east, -1],
    [1, north, -1],
  ];
  return sides.reduce((kept, [axis, at, keep]) => {
    const inside = (p: Position) => ((p[axis] ?? 0) - at) * keep >= 0;
    return kept.flatMap((p, i) => {
      const before = kept[(i + kept.length - 1) % kept.length] ?? p;
      const out: Position[] = inside(p) !== inside(before) ? [crossing(before, p, axis, at)] : [];
      return inside(p) ? [...out, p] : out;
    });
  }, ring);
}

function crossing(a: Position, b: Position, axis: 0 | 1, at: number): Position {
  const [ax = 0, ay = 0] = a;
  const [bx = 0, by = 0] = b;
  const t = axis === 0 ? (at - ax) / (bx - ax) : (at - ay) / (by - ay);
  return axis === 0 ? [at, ay + t * (by - ay)] : [ax + t * (bx - ax), at];
}

function doubleArea(ring: Position[]): number {
  return ring.reduce((sum, [x = 0, y = 0], i) => {
    const [nx = 0, ny = 0] = ring[(i + 1) % ring.length] ?? [];
    return sum + x * ny - nx * y;
  }, 0);
}

function centroid(ring: Position[]): Position | null {
  const origin = ring[0];
  if (!origin) return null;
  // Relative to a corner: far from 0,0 the products would eat the digits that matter.
  const [ox = 0, oy = 0] = origin;
  const local = ring.map(([x = 0, y = 0]) => [x - ox, y - oy]);
  const area = doubleArea(local);
  if (area === 0) return null;
  let [sx, sy] = [0, 0];
  for (const [i, [x = 0, y = 0]] of local.entries()) {
    const [nx = 0, ny = 0] = local[(i + 1) % local.length] ?? [];
    const cross = x * ny - nx * y;
    sx += (x + nx) * cross;
    sy += (y + ny) * cross;
  }
  return [ox + sx / (3 * area), oy + sy / (3 * area)];
}
