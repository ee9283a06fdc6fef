// Changes of the made-up city, and the stream that tells of them, as the API has it.
import { at, layers, newFid } from './mock-layers.mjs';

const TIME_MS = Date.now();
const stampOf = (lineage, generation) =>
  `${lineage}${String(generation).padStart(8, '0')}`.repeat(2);

export class Changes {
  #lineage = '0a1b2c3d';
  #states = [];
  #streams = new Set();
  #before = [];
  generation = 3;

  get stamp() {
    return stampOf(this.#lineage, this.generation);
  }

  get time() {
    return new Date(TIME_MS + this.generation * 1000).toISOString();
  }

  get listeners() {
    return this.#streams.size;
  }

  /** What `commit` does next, and how the page tells it. */
  get plan() {
    const [gone, other] = layers.get('hydrant').features;
    const line = '소방용수시설 +1 ~1 −1';
    return { layer: 'hydrant', changed: other.id, deleted: gone.id, line };
  }

  /** One hydrant gets other values, one goes, and one comes. */
  commit() {
    const layer = layers.get('hydrant');
    this.#before = layer.features;
    const [, other] = layer.features;
    layer.features = layer.features.slice(1).map((f) => (f === other ? changed(f) : f));
    layer.features.push({
      ...other,
      id: newFid(),
      geometry: { type: 'Point', coordinates: at(40, 40) },
      properties: { ...other.properties, facility_key: `NEW-${this.generation}` },
    });
    this.#tell('delivery', { layer: 'hydrant', inserted: 1, updated: 1, deleted: 1 });
  }

  /** Takes that back. */
  undo() {
    layers.get('hydrant').features = this.#before;
    this.#tell('undo', { layer: 'hydrant', inserted: 1, updated: 1, deleted: 1 });
  }

  /** A layer that was not there. */
  deliver() {
    const id = 'new_thing';
    const model = layers.get('shelter');
    layers.set(id, {
      ...model,
      id,
      label: { ko: '새 시설', en: 'New things' },
      features: [0, 1, 2].map((i) => ({
        type: 'Feature',
        id: newFid(),
        geometry: { type: 'Point', coordinates: at(25 * i, 60) },
        properties: { layer: id, facility_key: `${id}-${i}` },
      })),
    });
    this.#tell('delivery', { layer: id, inserted: 3, updated: 0, deleted: 0 });
  }

  /** One more record, like the last one. */
  record() {
    const { features } = layers.get('repair');
    const last = features.at(-1);
    features.push({ ...last, id: newFid() });
    this.#tell('delivery', { layer: 'repair', inserted: 1, updated: 0, deleted: 0 });
  }

  /** Another register is put in the place of this one: it never had the states of before. */
  restore() {
    this.#lineage = '9f8e7d6c';
    this.#states = [];
    this.cut();
  }

  cut() {
    for (const response of this.#streams) response.end();
  }

  /** Answers with the stream; false if the register never was in the state to go on from. */
  stream(request, response) {
    const lastId = request.headers['last-event-id'];
    const [generation, stamp] = lastId?.split('-') ?? [this.generation, this.stamp.slice(0, 16)];
    if (stamp !== stampOf(this.#lineage, generation).slice(0, 16)) return false;
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write(`retry: 500\nid: ${generation}-${stamp}\n\n`);
    for (const state of this.#states) {
      if (state.generation > Number(generation)) response.write(event(state));
    }
    this.#streams.add(response);
    response.on('close', () => this.#streams.delete(response));
    return true;
  }

  #tell(kind, layer) {
    this.generation++;
    const { generation, stamp, time } = this;
    const state = { generation, stamp, time, change_set: generation, kind, layers: [layer] };
    this.#states.push(state);
    for (const response of this.#streams) response.write(event(state));
  }
}

function changed(feature) {
  return { ...feature, properties: { ...feature.properties, NOTE: `바뀜 ${newFid()}` } };
}

function event(state) {
  const id = `${state.generation}-${state.stamp.slice(0, 16)}`;
  return `event: state\nid: ${id}\ndata: ${JSON.stringify(state)}\n\n`;
}
