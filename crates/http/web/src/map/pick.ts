import type { Map as MapLibre } from 'maplibre-gl';
import type { Feature } from '../api/types.ts';
import { sourceId } from './style.ts';

/** How far from a thing a click still means it, in pixels. */
const TOLERANCE = 6;

/** What is drawn around a pixel, topmost first, as it came from the server: the map's own copy is cut at tile edges. */
export function pick(
  map: MapLibre,
  layers: string[],
  drawn: ReadonlyMap<string, ReadonlyMap<number, Feature>>,
  { x, y }: { x: number; y: number },
): Feature[] {
  const hits = map.queryRenderedFeatures(
    [
      [x - TOLERANCE, y - TOLERANCE],
      [x + TOLERANCE, y + TOLERANCE],
    ],
    { layers },
  );
  const bySource = new Map([...drawn].map(([id, features]) => [sourceId(id), features]));
  const found = hits.flatMap((hit) => bySource.get(hit.source)?.get(Number(hit.id)) ?? []);
  // A thing is hit once per style layer and tile.
  return [...new Set(found)];
}
