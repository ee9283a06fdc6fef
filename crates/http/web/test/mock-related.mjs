// What belongs with what in the made-up city: valves sit on pipes, and the ledger of repairs names valves.
import { HOSTILE, layers } from './mock-data.mjs';
import { repair } from './mock-layers.mjs';

const label = {
  host: { ko: '설치된 관로', en: 'pipe that it sits on' },
  record: { ko: '이 시설의 기록', en: 'record of this facility' },
};
const REPAIRS = 7;
const valves = layers.get('water_valve').features;
const [oftenRepaired] = valves;
const keyOf = (feature) => feature.properties.facility_key;
const host = (valve) =>
  layers.get('water_pipe').features.filter((p) => keyOf(p).slice(6) === valve.properties.PIP_IDN);

for (let i = 1; i <= REPAIRS; i++) {
  const values = {
    TITLE: `${i}차 보수`,
    VALVE: keyOf(oftenRepaired),
    CAUSE: i % 2 ? 'RPC001' : 'RPC999',
    WORK_YMD: `202${i}-05-1${i}`,
    COST: 1_250_000 * i,
    CREW: i % 3 ? '상수도사업소' : null,
    NOTE: HOSTILE,
  };
  repair(null, values, `RP-${i}`);
}

/** The answer about a feature, but for what every answer has. */
export function relatedTo(feature) {
  const relation = (means, names) => (f) => ({
    layer: f.properties.layer,
    fid: f.id,
    means,
    label: label[names ? 'record' : means],
    names,
  });
  if (feature.properties.layer !== 'water_valve') return { features: [], relations: [] };
  const hosts = host(feature);
  const repairs = layers
    .get('repair')
    .features.filter((r) => r.properties.VALVE === keyOf(feature));
  return {
    features: [...hosts, ...repairs],
    relations: [...hosts.map(relation('host', false)), ...repairs.map(relation('owner', true))],
  };
}

/** What the page should show of some features. */
export const plan = [0, 1].map((i) => ({
  layer: 'water_valve',
  fid: valves[i].id,
  label: label.host,
  key: keyOf(host(valves[i])[0]),
}));
