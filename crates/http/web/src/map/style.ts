import type { LayerSpecification, StyleSpecification } from 'maplibre-gl';
import type { Collection, Feature, Look } from '../api/types.ts';
import { bounds, extentMetres } from '../geo/bounds.ts';

// No `glyphs`: text is drawn in the browser from this font, so no request leaves for it.
export const FONT = 'Pretendard Variable';
const PAPER_COLOUR = '#eef2f7';
export const HALO = '#ffffff';
const FALLBACK_COLOUR = '#58616a';

/** Polygons this wide are ground (a 동, a district): drawn faintly, and a click on them is a click on the map. */
const GROUND_M = 400;

/** The one layer that is always there. */
export const PAPER = 'paper';

export type Layers = LayerSpecification[];

export function emptyStyle(): StyleSpecification {
  return {
    version: 8,
    sources: {},
    layers: [{ id: PAPER, type: 'background', paint: { 'background-color': PAPER_COLOUR } }],
  };
}

export const sourceId = (collection: string) => `items:${collection}`;
export const labelSourceId = (collection: string) => `names:${collection}`;

/** The style layers of one collection, bottom first. */
export function layersFor({ id, siseol }: Collection): Layers {
  const source = sourceId(id);
  const colour = colourOf(siseol.look);
  switch (siseol.geometry) {
    case 'polygon':
      return polygonLayers(id, source, colour, siseol.look);
    case 'line':
      return lineLayers(id, source, colour, siseol.look);
    case 'point':
      return pointLayers(id, source, colour, siseol.look);
    case 'none':
      return [];
  }
}

/** A property that this page adds to what it draws; the name cannot be a column's. */
export const GROUND = '$ground';

export function isGround(feature: Feature): boolean {
  const type = feature.geometry?.type;
  if (type !== 'Polygon' && type !== 'MultiPolygon') return false;
  const box = bounds(feature.geometry);
  return box !== null && extentMetres(box) >= GROUND_M;
}

/** For the style only: what is identified stays as the server sent it. */
export function markGround(feature: Feature): Feature {
  if (!isGround(feature)) return feature;
  return { ...feature, properties: { ...feature.properties, [GROUND]: true } };
}

/** The server's colour, if it is one: a style with a bad colour would be refused whole. */
export function colourOf(look: Look): string {
  return /^#[0-9a-f]{6}$/i.test(look.color) ? look.color : FALLBACK_COLOUR;
}

function polygonLayers(id: string, source: string, colour: string, look: Look): Layers {
  return [
    {
      id: `fill:${id}`,
      type: 'fill',
      source,
      paint: {
        'fill-color': colour,
        'fill-opacity': ['case', ['==', ['get', GROUND], true], 0.05, 0.32],
      },
    },
    {
      id: `edge:${id}`,
      type: 'line',
      source,
      layout: { 'line-join': 'round' },
      paint: {
        'line-color': colour,
        'line-width': ['case', ['==', ['get', GROUND], true], look.width ?? 1.6, 0.8],
        'line-opacity': 0.75,
        ...dash(look),
      },
    },
  ];
}

function lineLayers(id: string, source: string, colour: string, look: Look): Layers {
  const width = look.width ?? 2;
  const layout = { 'line-join': 'round', 'line-cap': look.dash ? 'butt' : 'round' } as const;
  return [
    // A light casing keeps pipes that lie side by side apart.
    {
      id: `casing:${id}`,
      type: 'line',
      source,
      minzoom: 14,
      layout: { ...layout, 'line-cap': 'butt' },
      paint: { 'line-color': HALO, 'line-width': growing(width, 2.4), 'line-opacity': 0.75 },
    },
    {
      id: `line:${id}`,
      type: 'line',
      source,
      layout,
      paint: { 'line-color': colour, 'line-width': growing(width), ...dash(look) },
    },
  ];
}

function pointLayers(id: string, source: string, colour: string, look: Look): Layers {
  return [
    {
      id: `point:${id}`,
      type: 'circle',
      source,
      paint: {
        'circle-color': colour,
        'circle-radius': growing(look.radius ?? 4.5),
        'circle-stroke-color': HALO,
        'circle-stroke-width': ['interpolate', ['linear'], ['zoom'], 13, 0.5, 16, 1.5],
      },
    },
  ];
}

/** `size` pixels at zoom 16, less when far, more when near. */
function growing(size: number, extra = 0): ['interpolate', ['linear'], ['zoom'], ...number[]] {
  const at = (factor: number) => size * factor + extra;
  return ['interpolate', ['linear'], ['zoom'], 12, at(0.35), 14, at(0.6), 16, at(1), 19, at(1.9)];
}

function dash(look: Look): { 'line-dasharray'?: number[] } {
  const ok = look.dash && look.dash.length > 0 && look.dash.every((n) => n >= 0);
  return ok ? { 'line-dasharray': [...(look.dash ?? [])] } : {};
}
