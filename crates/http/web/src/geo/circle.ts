import type { Polygon } from 'geojson';
import type { Bbox, LonLat } from '../api/types.ts';

// WGS 84
const A = 6_378_137;
const F = 1 / 298.257223563;
const B = A * (1 - F);
const RAD = Math.PI / 180;

/** The point `metres` away at `bearing` degrees clockwise from north, on the ellipsoid (Vincenty's direct solution). */
export function destination([lon, lat]: LonLat, bearing: number, metres: number): LonLat {
  const alpha = bearing * RAD;
  const tanU = (1 - F) * Math.tan(lat * RAD);
  const cosU = 1 / Math.hypot(1, tanU);
  const sinU = tanU * cosU;
  const sigma1 = Math.atan2(tanU, Math.cos(alpha));
  const sinAlpha = cosU * Math.sin(alpha);
  const cosSqAlpha = 1 - sinAlpha * sinAlpha;
  const u2 = (cosSqAlpha * (A * A - B * B)) / (B * B);
  const ka = 1 + (u2 / 16384) * (4096 + u2 * (-768 + u2 * (320 - 175 * u2)));
  const kb = (u2 / 1024) * (256 + u2 * (-128 + u2 * (74 - 47 * u2)));
  let sigma = metres / (B * ka);
  let cos2m = 0;
  for (let i = 0; i < 20; i++) {
    cos2m = Math.cos(2 * sigma1 + sigma);
    const sin = Math.sin(sigma);
    const cos = Math.cos(sigma);
    const inner =
      cos * (-1 + 2 * cos2m ** 2) - (kb / 6) * cos2m * (-3 + 4 * sin ** 2) * (-3 + 4 * cos2m ** 2);
    const next = metres / (B * ka) + kb * sin * (cos2m + (kb / 4) * inner);
    if (Math.abs(next - sigma) < 1e-12) break;
    sigma = next;
  }
  const sin = Math.sin(sigma);
  const cos = Math.cos(sigma);
  const back = sinU * sin - cosU * cos * Math.cos(alpha);
  const lat2 = Math.atan2(
    sinU * cos + cosU * sin * Math.cos(alpha),
    (1 - F) * Math.hypot(sinAlpha, back),
  );
  const lambda = Math.atan2(sin * Math.sin(alpha), cosU * cos - sinU * sin * Math.cos(alpha));
  const c = (F / 16) * cosSqAlpha * (4 + F * (4 - 3 * cosSqAlpha));
  const dLon =
    lambda - (1 - c) * F * sinAlpha * (sigma + c * sin * (cos2m + c * cos * (-1 + 2 * cos2m ** 2)));
  return [lon + dLon / RAD, lat2 / RAD];
}

/** The circle for display only: what is inside is decided by the server. */
export function circle(center: LonLat, metres: number, corners = 128): Polygon {
  const ring = Array.from({ length: corners }, (_, i) => [
    ...destination(center, -(i * 360) / corners, metres),
  ]);
  const first = ring[0];
  if (first) ring.push([...first]);
  return { type: 'Polygon', coordinates: [ring] };
}

export function circleBounds(center: LonLat, metres: number): Bbox {
  const [west, south, east, north] = [270, 180, 90, 0].map((b) => destination(center, b, metres));
  if (!west || !south || !east || !north) throw new Error('four bearings give four points');
  return [west[0], south[1], east[0], north[1]];
}
