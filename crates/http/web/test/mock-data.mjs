// A small made-up city, the same on every run: streets in a grid around the city hall, and what lies along them.
import {
  box,
  building,
  dong,
  fid,
  gas,
  HOSTILE,
  hospital,
  hydrant,
  line,
  MATERIALS,
  manhole,
  meter,
  named,
  pick,
  pipe,
  point,
  population,
  random,
  road,
  sewer,
  shelter,
  VALVES,
  valve,
} from './mock-layers.mjs';

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
          { FTR_CDE: pick(VALVES).code, STD_DIP: 150, PIP_IDN: n, NOTE: HOSTILE },
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

export { HOME, HOSTILE, layers, M_LAT, M_LON } from './mock-layers.mjs';
