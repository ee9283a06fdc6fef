import { expect, it } from 'vitest';
import type { Collection, Feature, Schema } from '../api/types.ts';
import { describe, kindOf, nameOf } from './describe.ts';

const schema: Schema = {
  properties: {
    FTR_CDE: {
      type: 'string',
      title: '지형지물부호',
      'x-siseol-label': { ko: '지형지물부호', en: 'Feature code' },
      oneOf: [
        { const: 'SA119', title: '소화전', 'x-siseol-label': { ko: '소화전', en: 'Hydrant' } },
      ],
    },
    IST_YMD: { type: 'string', title: '설치일자' },
    LEN: { type: 'number', title: '연장', 'x-siseol-unit': 'm' },
    YEAR: { type: 'integer', title: '연도' },
  },
};

const feature: Feature = {
  type: 'Feature',
  id: 7,
  geometry: null,
  properties: {
    layer: 'hydrant',
    facility_key: 'SA119-7',
    distance_m: 12.5,
    NOTE: '<img src=x onerror=alert(1)>',
    YEAR: 2003,
    LEN: 12345.5,
    IST_YMD: null,
    FTR_CDE: 'SA119',
  },
};

const collection: Collection = {
  id: 'hydrant',
  title: '소화전',
  siseol: {
    label: { ko: '소화전', en: 'Hydrants' },
    geometry: 'point',
    look: { color: '#d00', order: 1 },
    class_field: 'FTR_CDE',
    classes: [{ code: 'SA119', label: { ko: '지상식 소화전', en: 'Pillar hydrant' } }],
  },
};

it('decodes codes and labels, in the order of the schema, unknown fields last and as they are', () => {
  expect(describe(feature, schema, 'en')).toEqual([
    { field: 'FTR_CDE', label: 'Feature code', value: 'Hydrant', code: 'SA119' },
    { field: 'IST_YMD', label: '설치일자', value: null, code: null },
    { field: 'LEN', label: '연장', value: '12,345.5 m', code: null },
    { field: 'YEAR', label: '연도', value: '2003', code: null },
    { field: 'NOTE', label: 'NOTE', value: '<img src=x onerror=alert(1)>', code: null },
  ]);
});

it('shows an unknown code as it is and never guesses', () => {
  const odd = { ...feature, properties: { FTR_CDE: 'SA999' } };
  expect(describe(odd, schema, 'ko')[0]).toMatchObject({ value: 'SA999', code: null });
  expect(kindOf(odd, collection, 'ko')).toBe('소화전');
});

it('works without a schema', () => {
  expect(describe(feature, undefined, 'ko').map((r) => r.field)).toEqual([
    'NOTE',
    'YEAR',
    'LEN',
    'IST_YMD',
    'FTR_CDE',
  ]);
});

it('names a feature by name, key or number', () => {
  expect(nameOf(feature, collection)).toBe('SA119-7');
  expect(nameOf({ ...feature, properties: {} }, undefined)).toBe('#7');
  const named = { ...collection.siseol, look: { ...collection.siseol.look, label_field: 'YEAR' } };
  expect(nameOf(feature, { ...collection, siseol: named })).toBe('2003');
  expect(kindOf(feature, collection, 'en')).toBe('Pillar hydrant');
});
