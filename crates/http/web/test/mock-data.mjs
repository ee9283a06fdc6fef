// A small made-up city, the same on every run: streets in a grid around the city hall, and what lies along them.
const HOME = [126.9352, 37.3617];
const M_LAT = 1 / 110_990;
const M_LON = 1 / 88_560;
export const HOSTILE = '<img src=x onerror="alert(1)">';

let seed = 20260101;
function random() {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return seed / 2 ** 32;
}
const pick = (list) => list[Math.floor(random() * list.length)];
const TURN = 0.21;
/** Metres east and north of the city hall, the grid turned a little, to lon/lat. */
const at = (x, y) => [
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

const VALVES = [
  cls('SA200', '제수밸브', 'Gate valve'),
  cls('SA201', '역지밸브', 'Check valve'),
  cls('SA202', '이토밸브', 'Blow-off valve'),
  cls('SA203', '배기밸브', 'Air valve'),
];
const HYDRANTS = [cls('SA118', '급수탑', 'Standpipe'), cls('SA119', '소화전', 'Hydrant')];
const MATERIALS = [cls('MOP001', '덕타일주철관', 'Ductile iron'), cls('MOP004', 'PE관', 'PE')];

export const layers = new Map();
let fid = 0;

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

const point = (x, y) => ({ type: 'Point', coordinates: at(x, y) });
const line = (...points) => ({ type: 'LineString', coordinates: points.map(([x, y]) => at(x, y)) });
const box = (x0, y0, x1, y1) => ({
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

const dong = layer(
  'admin_dong',
  '행정동',
  'Dong',
  'polygon',
  { color: '#6b7fa3', order: 0, width: 1.6, label_field: 'NAME' },
  NAME,
);
const building = layer(
  'building',
  '건물',
  'Buildings',
  'polygon',
  { color: '#9aa5b4', order: 10, minzoom: 14 },
  { ...NAME, FLOORS: { type: 'integer', title: '층수', 'x-siseol-label': both('층수', 'Floors') } },
);
const road = layer(
  'road_section',
  '도로구간',
  'Road sections',
  'line',
  { color: '#c4ccd8', order: 20, width: 9 },
  { ROAD_BT: amount('도로폭', 'Width', 'm') },
);
const named = layer(
  'road_name_section',
  '도로명',
  'Road names',
  'line',
  { color: '#b3bccb', order: 21, width: 1.2, minzoom: 13, label_field: 'RN' },
  { RN: text('도로명', 'Road name') },
);
const gas = layer(
  'gas_pipe',
  '가스관로',
  'Gas pipes',
  'line',
  { color: '#c98a00', order: 30, width: 2, dash: [4, 2] },
  PIPE,
);
const sewer = layer(
  'sewer_pipe',
  '하수관로',
  'Sewer pipes',
  'line',
  { color: '#8a5a2b', order: 31, width: 2.4 },
  PIPE,
);
const pipe = layer(
  'water_pipe',
  '상수관로',
  'Water mains',
  'line',
  { color: '#1f6fd6', order: 32, width: 2.8 },
  PIPE,
);
const meter = layer(
  'water_meter',
  '수용가계량기',
  'Customer meters',
  'point',
  { color: '#5b9bd5', order: 40, radius: 3 },
  { STD_DIP: amount('구경', 'Diameter', 'mm') },
);
const manhole = layer(
  'sewer_manhole',
  '하수맨홀',
  'Sewer manholes',
  'point',
  { color: '#6d4a24', order: 41, radius: 3.5 },
  { DEPTH: amount('깊이', 'Depth', 'm') },
);
const valve = layer(
  'water_valve',
  '상수밸브',
  'Water valves',
  'point',
  { color: '#0a8f8f', order: 42, radius: 4.5 },
  { STD_DIP: amount('구경', 'Diameter', 'mm'), NOTE: text('비고', 'Note') },
  'FTR_CDE',
  VALVES,
);
const hydrant = layer(
  'hydrant',
  '소방용수시설',
  'Fire hydrants',
  'point',
  { color: '#d2281e', order: 43, radius: 6 },
  { IST_YMD: text('설치일자', 'Installed'), NOTE: text('비고', 'Note') },
  'FTR_CDE',
  HYDRANTS,
);
const shelter = layer(
  'shelter',
  '대피소',
  'Shelters',
  'point',
  { color: '#1d7a3a', order: 50, radius: 7, label_field: 'NAME' },
  { ...NAME, CAPACITY: amount('수용인원', 'Capacity', '명') },
);
const hospital = layer(
  'hospital',
  '병원',
  'Hospitals',
  'point',
  { color: '#b3206b', order: 51, radius: 7, label_field: 'NAME' },
  NAME,
);
const population = layer(
  'population',
  '동별 인구',
  'Population by dong',
  'none',
  { color: '#58616a', order: 60 },
  { ...NAME, TOTAL: amount('인구', 'People', '명') },
);

['군포1동', '산본1동', '금정동', '당동', '산본2동', '오금동'].forEach((NAME, i) => {
  const [x, y] = [-1650 + (i % 3) * 1100, i < 3 ? -1500 : 0];
  dong(box(x, y, x + 1100, y + 1500), { NAME });
  population(null, { NAME, TOTAL: 18_000 + i * 2311 });
});

const STEP = 120;
const REACH = 12;
const year = () => `${1988 + Math.floor(random() * 35)}-0${1 + Math.floor(random() * 9)}-15`;
for (let i = -REACH; i <= REACH; i++) {
  const main = i % 4 === 0;
  const p = i * STEP;
  for (const along of [true, false]) {
    const xy = (a, b) => (along ? [a, b] : [b, a]);
    const RN = `${pick(['산본', '청백리', '번영', '고산', '군포', '금산', '광정'])}로${main ? '' : `${i + 20}길`}`;
    named(line(xy(-REACH * STEP, p), xy(REACH * STEP, p)), { RN });
    for (let j = -REACH; j < REACH; j++) {
      const [a, b] = [j * STEP, (j + 1) * STEP];
      const n = `${i + 50}${j + 50}${along ? 1 : 2}`;
      road(line(xy(a, p), xy(b, p)), { ROAD_BT: main ? 20 : 8 });
      const values = () => ({
        MOP_CDE: random() < 0.03 ? 'MOP999' : pick(MATERIALS).code,
        STD_DIP: main ? 300 : pick([80, 100, 150]),
        IST_YMD: random() < 0.1 ? null : year(),
        NOTE: null,
      });
      pipe(line(xy(a, p + 4), xy(b, p + 4)), values(), `SA001-${n}`);
      if ((i + j) % 3) sewer(line(xy(a, p - 4), xy(b, p - 4)), values(), `SB001-${n}`);
      if (main) gas(line(xy(a, p + 9), xy(b, p + 9)), values(), `SD001-${n}`);
      if (j % 2 === 0)
        manhole(
          point(...xy(a + 30, p - 4)),
          { DEPTH: Number((1 + random() * 3).toFixed(2)) },
          `SB101-${n}`,
        );
      if ((i + j) % 3 === 0)
        valve(
          point(...xy(a + 12, p + 4)),
          { FTR_CDE: pick(VALVES).code, STD_DIP: 150, NOTE: HOSTILE },
          `SA200-${n}`,
        );
      if (along && j % 2 === 0 && i % 2 === 0)
        hydrant(
          point(...xy(a + 60, p + 7)),
          { FTR_CDE: random() < 0.1 ? 'SA118' : 'SA119', IST_YMD: year(), NOTE: HOSTILE },
          `SA119-${n}`,
        );
    }
  }
}
for (let i = -REACH; i < REACH; i++) {
  for (let j = -REACH; j < REACH; j++) {
    if (i >= -1 && i < 1 && j >= -1 && j < 1) continue; // the square before the city hall stays open
    const [x, y] = [i * STEP, j * STEP];
    for (const [dx, dy] of [
      [18, 18],
      [66, 18],
      [18, 66],
      [66, 66],
    ]) {
      if (random() < 0.15) continue;
      const [w, h] = [22 + random() * 14, 20 + random() * 16];
      building(box(x + dx, y + dy, x + dx + w, y + dy + h), {
        NAME: null,
        FLOORS: 1 + Math.floor(random() * 20),
      });
      meter(point(x + dx + 2, y + dy - 3), { STD_DIP: 20 }, `SA122-${fid}`);
      if (random() < 0.3) meter(point(x + dx + 9, y + dy - 3), { STD_DIP: 15 }, `SA122-${fid}`);
    }
  }
}
[
  '군포초등학교',
  '산본중학교',
  '시민체육광장',
  `${HOSTILE} 회관`,
  '철쭉동산',
  '금정역 지하',
].forEach((NAME, i) => {
  shelter(point(-700 + i * 290, (i % 2 ? 1 : -1) * (330 + i * 20)), {
    NAME,
    CAPACITY: 300 + i * 150,
  });
});
['원광대병원', '지샘병원'].forEach((NAME, i) => {
  hospital(point(260 - i * 700, 210 + i * 300), { NAME });
});

export { HOME, M_LAT, M_LON };
