import { type SourceSpecification, validateStyleMin } from '@maplibre/maplibre-gl-style-spec';
import { describe, expect, it } from 'vitest';
import type { Collection, GeometryKind, Look } from '../api/types.ts';
import { nameLayers } from './names.ts';
import { between, LIT, over, SEARCH, under } from './overlay.ts';
import { colourOf, emptyStyle, isGround, labelSourceId, layersFor, sourceId } from './style.ts';

const collection = (geometry: GeometryKind, look: Partial<Look> = {}): Collection => ({
  id: 'thing',
  title: 'thing',
  siseol: {
    label: { ko: '것', en: 'thing' },
    geometry,
    look: { color: '#1188cc', order: 1, ...look },
    class_field: null,
    classes: [],
  },
});

const empty: SourceSpecification = {
  type: 'geojson',
  data: { type: 'FeatureCollection', features: [] },
};

describe('the style', () => {
  it.each(['point', 'line', 'polygon', 'none'] as const)('is valid for a %s layer', (geometry) => {
    const c = collection(geometry, { dash: [2, 1], width: 3, radius: 5, label_field: 'NAME' });
    const style = {
      ...emptyStyle(),
      sources: {
        [SEARCH]: empty,
        [LIT]: empty,
        [sourceId('thing')]: empty,
        [labelSourceId('thing')]: empty,
      },
      layers: [
        ...emptyStyle().layers,
        ...layersFor(c),
        ...under,
        ...between,
        ...nameLayers([c]),
        ...over,
      ],
    };
    expect(validateStyleMin(style)).toEqual([]);
  });

  it('names no glyph server and no sprite', () => {
    expect(emptyStyle()).not.toHaveProperty('glyphs');
    expect(emptyStyle()).not.toHaveProperty('sprite');
  });

  it('does not take a colour that is none', () => {
    expect(colourOf({ color: 'red;}</style>', order: 1 })).toBe('#58616a');
    expect(colourOf({ color: '#A1b2C3', order: 1 })).toBe('#A1b2C3');
  });

  it('names only what the server says has names; streets from afar, other lines when near', () => {
    const line = (id: string, look: Partial<Look> = { label_field: 'NAME' }) => ({
      ...collection('line', look),
      id,
    });
    expect(nameLayers([line('bare', {})])).toEqual([]);
    const layers = nameLayers([line('bare', {}), line('street'), line('pipe')]);
    expect(layers.map((l) => [l.id, l.minzoom])).toEqual([
      ['name:street', 15],
      ['name:pipe', 17],
    ]);
  });

  it('names areas from afar and buildings when near', () => {
    const layers = nameLayers([collection('polygon', { label_field: 'NAME', minzoom: 16 })]);
    expect(layers.map((l) => [l.id, l.minzoom])).toEqual([
      ['name:thing', 16],
      ['name-near:thing', 17],
    ]);
  });
});

it('takes a wide polygon for ground and a building not', () => {
  const square = (size: number) => ({
    type: 'Feature' as const,
    id: 1,
    properties: {},
    geometry: {
      type: 'Polygon' as const,
      coordinates: [
        [
          [126, 37],
          [126 + size, 37],
          [126 + size, 37 + size],
          [126, 37],
        ],
      ],
    },
  });
  expect(isGround(square(0.01))).toBe(true);
  expect(isGround(square(0.0005))).toBe(false);
  expect(isGround({ type: 'Feature', id: 1, properties: {}, geometry: null })).toBe(false);
});
