import type { Collection, Feature, Lang, Schema, SchemaField } from '../api/types.ts';
import { label, quantity } from '../i18n/index.ts';

export interface Row {
  field: string;
  label: string;
  /** Null when the register has no value. */
  value: string | null;
  /** The raw code, where `value` is its label. */
  code: string | null;
}

/** Said elsewhere in the panel, or by the page itself. */
const NOT_ROWS = new Set(['layer', 'facility_key', 'distance_m']);

/** The fields of a feature in the schema's order, decoded; fields that the schema does not know come last, as they are. */
export function describe(feature: Feature, schema: Schema | undefined, lang: Lang): Row[] {
  const known = Object.keys(schema?.properties ?? {});
  const own = Object.keys(feature.properties);
  return [...new Set([...known, ...own])]
    .filter((field) => field in feature.properties && !NOT_ROWS.has(field))
    .map((field) => row(field, feature.properties[field], schema?.properties[field], lang));
}

function row(name: string, value: unknown, field: SchemaField | undefined, lang: Lang): Row {
  const text = plain(value);
  const title = label(lang, field?.['x-siseol-label'], field?.title ?? name);
  const option = text === null ? undefined : field?.oneOf?.find((o) => plain(o.const) === text);
  if (option) {
    const meaning = label(lang, option['x-siseol-label'], option.title ?? text ?? '');
    return { field: name, label: title, value: meaning, code: text };
  }
  const unit = field?.['x-siseol-unit'];
  // Only quantities get thousands: a year or a key with a comma in it would be wrong.
  const shown = unit && typeof value === 'number' ? quantity(lang, value, unit) : text;
  return { field: name, label: title, value: shown, code: null };
}

function plain(value: unknown): string | null {
  if (value === null || value === undefined || value === '') return null;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

export function layerOf(feature: Feature): string {
  return plain(feature.properties['layer']) ?? '';
}

export function facilityKey(feature: Feature): string | null {
  return plain(feature.properties['facility_key']);
}

export function distanceOf(feature: Feature): number | null {
  const value = feature.properties['distance_m'];
  return typeof value === 'number' ? value : null;
}

/** Whether both are the same feature of the register, be it as it was at different times. */
export function isSame(one: Feature, other: Feature): boolean {
  return one.id === other.id && layerOf(one) === layerOf(other);
}

/** What a person calls it: its name, else the city's key, else the register's number. */
export function nameOf(feature: Feature, collection: Collection | undefined): string {
  const field = collection?.siseol.look.label_field;
  const name = field ? plain(feature.properties[field]) : null;
  return name ?? facilityKey(feature) ?? `#${feature.id}`;
}

/** What kind it is: its class where the layer has classes and the code is known, else its layer. */
export function kindOf(feature: Feature, collection: Collection | undefined, lang: Lang): string {
  const field = collection?.siseol.class_field;
  const code = field ? plain(feature.properties[field]) : null;
  const known = collection?.siseol.classes.find((c) => c.code === code);
  return label(
    lang,
    known?.label,
    label(lang, collection?.siseol.label, collection?.title ?? layerOf(feature)),
  );
}
