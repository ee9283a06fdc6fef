// The layers of a small made-up city, and the means to fill them.
export const HOME = [126.9352, 37.3617];
export const M_LAT = 1 / 110_990;
export const M_LON = 1 / 88_560;
export const HOSTILE = '<img src=x onerror="alert(1)">';

let seed = 20260101;
export function random() {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return seed / 2 ** 32;
}
export const pick = (list) => list[Math.floor(random() * list.length)];
const TURN = 0.21;
/** Metres east and north of the city hall, the grid turned a little, to lon/lat. */
export const at = (x, y) => [
  Number((HOME[0] + (x * Math.cos(TURN) - y * Math.sin(TURN)) * M_LON).toFixed(8)),
  Number((HOME[1] + (x * Math.sin(TURN) + y * Math.cos(TURN)) * M_LAT).toFixed(8)),
];
const both = (ko, en) => ({ ko, en });
const text = (ko, en) => ({ type: 'string', title: ko, 'x-siseol-label': both(ko, en) });
const amount = (ko, en, unit) => ({
  type: 'number',
  title: ko,
  'x-siseol-label': both(ko, en),
  'x-siseol-unit': unit,
});
const codes = (ko, en, list) => ({
  ...text(ko, en),
  oneOf: list.map((c) => ({ const: c.code, title: c.label.ko, 'x-siseol-label': c.label })),
});
const cls = (code, ko, en) => ({ code, label: both(ko, en) });

export const VALVES = [
  cls('SA200', '제수밸브', 'Gate valve'),
  cls('SA201', '역지밸브', 'Check valve'),
  cls('SA202', '이토밸브', 'Blow-off valve'),
  cls('SA203', '배기밸브', 'Air valve'),
];
const HYDRANTS = [cls('SA118', '급수탑', 'Standpipe'), cls('SA119', '소화전', 'Hydrant')];
export const MATERIALS = [
  cls('MOP001', '덕타일주철관', 'Ductile iron'),
  cls('MOP004', 'PE관', 'PE'),
];

export const layers = new Map();
export let fid = 0;
export const newFid = () => ++fid;

function layer(id, ko, en, geometry, look, fields = {}, classField = null, classes = []) {
  const properties = {
    ...(classField ? { [classField]: codes('지형지물부호', 'Feature code', classes) } : {}),
    ...fields,
  };
  const entry = {
    id,
    label: both(ko, en),
    geometry,
    look,
    classField,
    classes,
    properties,
    features: [],
  };
  layers.set(id, entry);
  return (shape, values, key = null) => {
    const feature = { type: 'Feature', id: ++fid, geometry: shape };
    feature.properties = { layer: id, facility_key: key, ...values };
    entry.features.push(feature);
  };
}

export const point = (x, y) => ({ type: 'Point', coordinates: at(x, y) });
export const line = (...points) => ({
  type: 'LineString',
  coordinates: points.map(([x, y]) => at(x, y)),
});
export const box = (x0, y0, x1, y1) => ({
  type: 'Polygon',
  coordinates: [[at(x0, y0), at(x1, y0), at(x1, y1), at(x0, y1), at(x0, y0)]],
});

const NAME = { NAME: text('이름', 'Name') };
const PIPE = {
  MOP_CDE: codes('관재질', 'Material', MATERIALS),
  STD_DIP: amount('구경', 'Diameter', 'mm'),
  IST_YMD: text('설치일자', 'Installed'),
  NOTE: text('비고', 'Note'),
};

export const dong = layer(
  'admin_dong',
  '행정동',
  'Dong',
  'polygon',
  { color: '#6b7fa3', order: 0, width: 1.6, label_field: 'NAME' },
  NAME,
);
export const building = layer(
  'building',
  '건물',
  'Buildings',
  'polygon',
  { color: '#9aa5b4', order: 10, minzoom: 14 },
  { ...NAME, FLOORS: { type: 'integer', title: '층수', 'x-siseol-label': both('층수', 'Floors') } },
);
export const road = layer(
  'road_section',
  '도로구간',
  'Road sections',
  'line',
  { color: '#c4ccd8', order: 20, width: 9 },
  { ROAD_BT: amount('도로폭', 'Width', 'm') },
);
export const named = layer(
  'road_name_section',
  '도로명',
  'Road names',
  'line',
  { color: '#b3bccb', order: 21, width: 1.2, minzoom: 13, label_field: 'RN' },
  { RN: text('도로명', 'Road name') },
);
export const gas = layer(
  'gas_pipe',
  '가스관로',
  'Gas pipes',
  'line',
  { color: '#c98a00', order: 30, width: 2, dash: [4, 2] },
  PIPE,
);
export const sewer = layer(
  'sewer_pipe',
  '하수관로',
  'Sewer pipes',
  'line',
  { color: '#8a5a2b', order: 31, width: 2.4 },
  PIPE,
);
export const pipe = layer(
  'water_pipe',
  '상수관로',
  'Water mains',
  'line',
  { color: '#1f6fd6', order: 32, width: 2.8 },
  PIPE,
);
export const meter = layer(
  'water_meter',
  '수용가계량기',
  'Customer meters',
  'point',
  { color: '#5b9bd5', order: 40, radius: 3 },
  { STD_DIP: amount('구경', 'Diameter', 'mm') },
);
export const manhole = layer(
  'sewer_manhole',
  '하수맨홀',
  'Sewer manholes',
  'point',
  { color: '#6d4a24', order: 41, radius: 3.5 },
  { DEPTH: amount('깊이', 'Depth', 'm') },
);
export const valve = layer(
  'water_valve',
  '상수밸브',
  'Water valves',
  'point',
  { color: '#0a8f8f', order: 42, radius: 4.5 },
  {
    STD_DIP: amount('구경', 'Diameter', 'mm'),
    PIP_IDN: text('관로관리번호', 'Pipe number'),
    NOTE: text('비고', 'Note'),
  },
  'FTR_CDE',
  VALVES,
);
export const hydrant = layer(
  'hydrant',
  '소방용수시설',
  'Fire hydrants',
  'point',
  { color: '#d2281e', order: 43, radius: 6 },
  { IST_YMD: text('설치일자', 'Installed'), NOTE: text('비고', 'Note') },
  'FTR_CDE',
  HYDRANTS,
);
export const shelter = layer(
  'shelter',
  '대피소',
  'Shelters',
  'point',
  { color: '#1d7a3a', order: 50, radius: 7, label_field: 'NAME' },
  { ...NAME, CAPACITY: amount('수용인원', 'Capacity', '명') },
);
export const hospital = layer(
  'hospital',
  '병원',
  'Hospitals',
  'point',
  { color: '#b3206b', order: 51, radius: 7, label_field: 'NAME' },
  NAME,
);
export const repair = layer(
  'repair',
  '보수 대장',
  'Repairs',
  'none',
  { color: '#58616a', order: 61, label_field: 'TITLE' },
  {
    TITLE: text('보수명', 'Title'),
    VALVE: text('밸브 관리번호', 'Valve'),
    CAUSE: codes('보수 원인', 'Cause', [cls('RPC001', '누수', 'Leak')]),
    WORK_YMD: text('보수일자', 'Date'),
    COST: amount('보수비', 'Cost', '원'),
    CREW: text('시공자', 'Crew'),
    NOTE: text('비고', 'Note'),
  },
);
export const population = layer(
  'population',
  '동별 인구',
  'Population by dong',
  'none',
  { color: '#58616a', order: 60 },
  { ...NAME, TOTAL: amount('인구', 'People', '명') },
);
