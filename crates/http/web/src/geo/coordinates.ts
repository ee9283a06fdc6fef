import type { LonLat } from '../api/types.ts';

const NUMBER = /[-+]?\d+(?:\.\d+)?/g;

/**
 * Reads "lon, lat" as typed or pasted. "lat, lon" is accepted where it can be nothing else (a first number within ±90
 * and a second beyond it), because that is how phones show a place. Null when it is no place on the earth.
 */
export function parseLonLat(text: string): LonLat | null {
  const numbers = text.match(NUMBER)?.map(Number) ?? [];
  const [a, b] = numbers;
  if (numbers.length !== 2 || a === undefined || b === undefined) return null;
  if (Math.abs(a) <= 90 && Math.abs(b) > 90 && Math.abs(b) <= 180) return [b, a];
  return Math.abs(a) <= 180 && Math.abs(b) <= 90 ? [a, b] : null;
}

export const MAX_RADIUS_M = 20_000;

/** Reads metres; thousands separators are allowed. Null when it is not above 0 and at most 20 km. */
export function parseRadius(text: string): number | null {
  const plain = text.replaceAll(',', '').trim();
  if (!/^\d+(\.\d+)?$/.test(plain)) return null;
  const metres = Number(plain);
  return metres > 0 && metres <= MAX_RADIUS_M ? metres : null;
}

/** Five decimals are a metre: what a person can tell apart on the map. */
export function writeLonLat([lon, lat]: LonLat): string {
  return `${lon.toFixed(5)}, ${lat.toFixed(5)}`;
}

export function roundLonLat([lon, lat]: LonLat): LonLat {
  return [Number(lon.toFixed(5)), Number(lat.toFixed(5))];
}
