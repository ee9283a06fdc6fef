import type { LayerSpecification } from 'maplibre-gl';

// What the page itself draws: the circle searched, what an answer lights up, and what is selected.
export const SEARCH = 'search';
export const LIT = 'lit';

const BLUE = '#0b50d0';
const AMBER = '#ffb114';
const DARK = '#8a4b00';

const role = (name: string) => ['==', ['get', 'role'], name] as ['==', ['get', 'role'], string];
const geometry = (name: string) =>
  ['==', ['geometry-type'], name] as ['==', ['geometry-type'], string];

/** Under the facilities: the ground of the circle. */
export const under: LayerSpecification[] = [
  {
    id: 'search-area',
    type: 'fill',
    source: SEARCH,
    filter: role('circle'),
    paint: { 'fill-color': BLUE, 'fill-opacity': 0.06 },
  },
];

/** Over areas and lines but under points, which stay visible on a pipe that is lit up. */
export const between: LayerSpecification[] = [
  {
    id: 'lit-area',
    type: 'fill',
    source: LIT,
    filter: geometry('Polygon'),
    paint: { 'fill-color': AMBER, 'fill-opacity': 0.22 },
  },
  {
    id: 'lit-line-edge',
    type: 'line',
    source: LIT,
    filter: ['!=', ['geometry-type'], 'Point'],
    layout: { 'line-join': 'round', 'line-cap': 'round' },
    paint: {
      'line-color': DARK,
      'line-width': ['case', role('selected'), 9, 7],
      'line-opacity': 0.35,
    },
  },
  {
    id: 'lit-line',
    type: 'line',
    source: LIT,
    filter: ['!=', ['geometry-type'], 'Point'],
    layout: { 'line-join': 'round', 'line-cap': 'round' },
    paint: { 'line-color': AMBER, 'line-width': ['case', role('selected'), 6, 4] },
  },
];

/** Over everything: rim, centre, and the rings around points. */
export const over: LayerSpecification[] = [
  {
    id: 'search-rim',
    type: 'line',
    source: SEARCH,
    filter: role('circle'),
    paint: { 'line-color': BLUE, 'line-width': 2.2, 'line-dasharray': [3, 1.6] },
  },
  {
    id: 'lit-point',
    type: 'circle',
    source: LIT,
    filter: geometry('Point'),
    paint: {
      'circle-radius': ['case', role('selected'), 13, 10],
      'circle-color': AMBER,
      'circle-opacity': 0.35,
      'circle-stroke-color': DARK,
      'circle-stroke-width': ['case', role('selected'), 3, 2],
    },
  },
  {
    id: 'search-centre',
    type: 'circle',
    source: SEARCH,
    filter: role('centre'),
    paint: {
      'circle-radius': 6,
      'circle-color': BLUE,
      'circle-stroke-color': '#ffffff',
      'circle-stroke-width': 3,
    },
  },
];
