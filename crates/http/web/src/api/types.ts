// The documents of the API that this page reads. Until they can be generated from the server's OpenAPI document they are
// written here once, and nowhere else.
import type { Feature as GeoFeature, Geometry } from 'geojson';

export type Lang = 'ko' | 'en';
export type Label = Record<Lang, string>;
export type LonLat = readonly [lon: number, lat: number];
export type Bbox = readonly [west: number, south: number, east: number, north: number];

export interface Root {
  title: string;
  description?: string;
  siseol: {
    generation: number;
    stamp: string;
    timeStamp: string;
    home: { lon: number; lat: number; label: Label } | null;
    notice: Label | null;
    extent: Bbox | null;
  };
}

export type GeometryKind = 'point' | 'line' | 'polygon' | 'none';

export interface Look {
  color: string;
  dash?: number[];
  width?: number;
  radius?: number;
  minzoom?: number;
  order: number;
  label_field?: string;
}

export interface ClassLabel {
  code: string;
  label: Label;
}

export interface Collection {
  id: string;
  title: string;
  description?: string;
  extent?: { spatial?: { bbox?: Bbox[] } };
  itemCount?: number;
  siseol: {
    label: Label;
    geometry: GeometryKind;
    look: Look;
    class_field: string | null;
    classes: ClassLabel[];
  };
}

export interface SchemaField {
  type?: string | string[];
  title?: string;
  'x-siseol-label'?: Label;
  'x-siseol-unit'?: string;
  oneOf?: { const: unknown; title?: string; 'x-siseol-label'?: Label }[];
}

export interface Schema {
  title?: string;
  properties: Record<string, SchemaField>;
}

export type Properties = Record<string, unknown>;

/** One feature as served. `properties.layer` names its collection; values are codes, never labels. */
export interface Feature extends GeoFeature<Geometry | null, Properties> {
  id: number;
}

export interface Items {
  type: 'FeatureCollection';
  features: Feature[];
  numberMatched: number;
  numberReturned: number;
  timeStamp: string;
}

/** How a feature belongs with the one that was asked about. */
export interface Relation {
  layer: string;
  fid: number;
  /** What the one that is named is to the one that names it. */
  means: string;
  /** What the feature is to the one that was asked about. */
  label: Label;
  /** Whether it is the one that names the other. */
  names: boolean;
}

/** What belongs with a feature; `relations` says how, of each of `features` in the same order. */
export interface Related extends Items {
  relations: Relation[];
}

export interface SummaryRow {
  layer: string;
  label: Label;
  count: number;
  length_m?: number;
  by_class: { class: string; label: Label; count: number }[];
}

/** The answer of a search: the nearest features, and a summary of *all* that match. */
export interface Facilities extends Items {
  notice?: Label | null;
  summary: SummaryRow[];
}

/** What a change set did to one layer. */
export interface LayerChanges {
  layer: string;
  inserted: number;
  updated: number;
  deleted: number;
}

/** A state that the register has come to, as the change feed tells it. */
export interface StateChange {
  generation: number;
  stamp: string;
  time: string;
  change_set: number;
  kind: string;
  /** The change set that an `undo` took back. */
  undoes?: number;
  author: string | null;
  comment: string | null;
  source: string | null;
  layers: LayerChanges[];
}
