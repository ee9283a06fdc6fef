import type { ExpressionSpecification, SymbolLayerSpecification } from 'maplibre-gl';
import type { Collection } from '../api/types.ts';
import { FONT, GROUND, HALO, type Layers, labelSourceId, sourceId } from './style.ts';

const INK = '#1e2b3c';

/** Names that people find their way by: areas, and the streets. */
const FAR_ZOOM = 15;
/** All others are a crowd until one is close. */
const NEAR_ZOOM = 17;

const ground: ExpressionSpecification = ['==', ['get', GROUND], true];

/** The names of all collections, given bottom first; they lie over everything else that the register has. */
export function nameLayers(collections: readonly Collection[]): Layers {
  const named = collections.filter(hasNames);
  // The streets are drawn under the pipes: the lowest lines that have names are taken for them.
  const streets = named.find((c) => c.siseol.geometry === 'line');
  return named.flatMap((c) => {
    switch (c.siseol.geometry) {
      case 'polygon':
        return [
          { ...names(c, FAR_ZOOM, 16), filter: ground },
          { ...names(c, NEAR_ZOOM, 12), id: `name-near:${c.id}`, filter: ['!', ground] },
        ];
      case 'line':
        return [names(c, c === streets ? FAR_ZOOM : NEAR_ZOOM, 12)];
      default:
        return [names(c, NEAR_ZOOM, 12)];
    }
  });
}

export function hasNames({ siseol }: Collection): boolean {
  return Boolean(siseol.look.label_field) && siseol.geometry !== 'none';
}

function names({ id, siseol }: Collection, zoom: number, size: number): SymbolLayerSpecification {
  const { look, geometry } = siseol;
  const point = geometry === 'point';
  return {
    id: `name:${id}`,
    type: 'symbol',
    source: geometry === 'polygon' ? labelSourceId(id) : sourceId(id),
    minzoom: Math.max(zoom, look.minzoom ?? 0),
    layout: {
      'text-field': ['to-string', ['get', look.label_field ?? '']],
      'text-font': [FONT],
      'text-size': size,
      'text-letter-spacing': 0.01,
      'text-max-width': 8,
      'symbol-placement': geometry === 'line' ? 'line' : 'point',
      'symbol-spacing': 320,
      'text-anchor': point ? 'top' : 'center',
      'text-offset': point ? [0, 0.7] : [0, 0],
    },
    paint: { 'text-color': INK, 'text-halo-color': HALO, 'text-halo-width': 1.6 },
  };
}
