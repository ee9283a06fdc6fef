import type { Lang, LonLat } from '../api/types.ts';
import { parseLonLat, parseRadius } from '../geo/coordinates.ts';

/** What the address keeps, so that a link shows another person the same thing. */
export interface Permalink {
  centre?: LonLat;
  zoom?: number;
  point?: LonLat;
  radius?: number;
  lang?: Lang;
}

/** Reads `#map=15.2/126.9352/37.3617&at=126.9352,37.3617&r=500&lang=ko`; a part that cannot be read is left out. */
export function readPermalink(hash: string): Permalink {
  const parts = new URLSearchParams(hash.replace(/^#/, ''));
  const link: Permalink = {};
  const [zoom, lon, lat] = (parts.get('map') ?? '').split('/');
  const centre = lon && lat ? parseLonLat(`${lon},${lat}`) : null;
  if (centre && zoom && Number(zoom) >= 0 && Number(zoom) <= 22) {
    link.centre = centre;
    link.zoom = Number(zoom);
  }
  const point = parseLonLat(parts.get('at') ?? '');
  if (point) link.point = point;
  const radius = parseRadius(parts.get('r') ?? '');
  if (radius !== null) link.radius = radius;
  const lang = parts.get('lang');
  if (lang === 'ko' || lang === 'en') link.lang = lang;
  return link;
}

export function writePermalink(link: Permalink): string {
  const parts: string[] = [];
  if (link.centre && link.zoom !== undefined) {
    const [lon, lat] = link.centre;
    parts.push(`map=${Number(link.zoom.toFixed(2))}/${lon.toFixed(5)}/${lat.toFixed(5)}`);
  }
  if (link.point) parts.push(`at=${link.point.map((c) => Number(c.toFixed(6))).join(',')}`);
  if (link.radius !== undefined) parts.push(`r=${link.radius}`);
  if (link.lang) parts.push(`lang=${link.lang}`);
  return `#${parts.join('&')}`;
}
