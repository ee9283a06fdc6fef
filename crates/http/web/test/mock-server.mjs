// The API's contract over a made-up city, and the built page: for this page's own tests. Usage: mock-server.mjs [PORT]
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Changes } from './mock-changes.mjs';
import { HOME, layers, M_LAT, M_LON } from './mock-data.mjs';
import { relatedTo } from './mock-related.mjs';

const DIST = fileURLToPath(new URL('../dist/', import.meta.url));
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
};
const CSP =
  "default-src 'self'; worker-src 'self' blob:; img-src 'self' data: blob:; style-src 'self'; script-src 'self'; connect-src 'self'; font-src 'self'";
const NOTICE = { ko: '가상 자료', en: 'Synthetic data' };

class Refused extends Error {
  constructor(status, title, detail) {
    super(title);
    Object.assign(this, { status, title, detail });
  }
}

function collection(l) {
  const { id, label, geometry, look, classField, classes } = l;
  const siseol = { label, geometry, look, class_field: classField, classes };
  return {
    id,
    title: label.ko,
    extent: { spatial: { bbox: [EXTENT] } },
    itemCount: l.features.length,
    siseol,
    links: [],
  };
}

const flat = (g) =>
  g
    ? g.type === 'Point'
      ? [g.coordinates]
      : g.coordinates.flat(g.type === 'Polygon' ? 1 : 0)
    : [];
const boxOf = (g) => {
  const xs = flat(g).map((p) => p[0]);
  const ys = flat(g).map((p) => p[1]);
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
};
const boxes = new WeakMap();
/** The box of a feature, worked out once. */
function boxFor(feature) {
  if (!boxes.has(feature)) boxes.set(feature, boxOf(feature.geometry));
  return boxes.get(feature);
}
const shaped = [...layers.values()].flatMap((l) =>
  l.features.filter((f) => f.geometry).map(boxFor),
);
const EXTENT = [0, 1, 2, 3].map((i) => (i < 2 ? Math.min : Math.max)(...shaped.map((b) => b[i])));

/** Metres to the nearest point of a geometry, flat-earth: good enough for a mock. */
function distance([lon, lat], geometry) {
  const points = flat(geometry).map(([x, y]) => [(x - lon) / M_LON, (y - lat) / M_LAT]);
  if (geometry.type === 'Point') return Math.hypot(...points[0]);
  let inside = false;
  let best = Infinity;
  for (let i = 1; i < points.length; i++) {
    const [[ax, ay], [bx, by]] = [points[i - 1], points[i]];
    const [dx, dy] = [bx - ax, by - ay];
    const t = Math.max(0, Math.min(1, -(ax * dx + ay * dy) / (dx * dx + dy * dy)));
    best = Math.min(best, Math.hypot(ax + t * dx, ay + t * dy));
    if (ay > 0 !== by > 0 && (dx * -ay) / dy + ax > 0) inside = !inside;
  }
  return geometry.type === 'Polygon' && inside ? 0 : best;
}

function length(geometry) {
  const p = flat(geometry).map(([x, y]) => [x / M_LON, y / M_LAT]);
  return p.slice(1).reduce((sum, [x, y], i) => sum + Math.hypot(x - p[i][0], y - p[i][1]), 0);
}

function numbers(text, n, name) {
  const list = (text ?? '').split(',').map(Number);
  if (list.length !== n || list.some(Number.isNaN))
    throw new Refused(400, 'Invalid parameter', `${name}: ${n} numbers wanted`);
  return list;
}

const answer = (features, matched, more = {}) => ({
  type: 'FeatureCollection',
  features,
  numberMatched: matched,
  numberReturned: features.length,
  timeStamp: new Date().toISOString(),
  links: [],
  ...more,
});

function items(l, query) {
  const [w, s, e, n] = numbers(query.get('bbox'), 4, 'bbox');
  const found = l.features.filter((f) => {
    if (!f.geometry) return false;
    const b = boxFor(f);
    return b[0] <= e && b[2] >= w && b[1] <= n && b[3] >= s;
  });
  return answer(found.slice(0, Number(query.get('limit') ?? 10)), found.length);
}

function facilities(query) {
  const near = numbers(query.get('near'), 2, 'near');
  const radius = query.has('radius') ? Number(query.get('radius')) : Infinity;
  if (!(radius > 0)) throw new Refused(400, 'Invalid parameter', 'radius: metres above 0 wanted');
  if (radius === 13) throw new Refused(422, 'Unlucky radius', `no circle of 13 m <b>today</b>`);
  const asked = query.get('layers')?.split(',') ?? [...layers.keys()];
  const found = asked
    .flatMap((id) => layers.get(id)?.features ?? [])
    .filter((f) => f.geometry)
    .map((f) => ({
      ...f,
      properties: { ...f.properties, distance_m: Number(distance(near, f.geometry).toFixed(3)) },
    }))
    .filter((f) => f.properties.distance_m <= radius)
    .sort((a, b) => a.properties.distance_m - b.properties.distance_m || a.id - b.id);
  const limit = Number(query.get('limit') ?? 100);
  const counted = radius === Infinity ? found.slice(0, limit) : found;
  const summary = asked.flatMap((id) => {
    const l = layers.get(id);
    const own = counted.filter((f) => f.properties.layer === id);
    if (!l || own.length === 0) return [];
    const by_class = l.classes.map((c) => ({
      class: c.code,
      label: c.label,
      count: own.filter((f) => f.properties[l.classField] === c.code).length,
    }));
    const metres =
      l.geometry === 'line'
        ? { length_m: own.reduce((sum, f) => sum + length(f.geometry), 0) }
        : {};
    return [{ layer: id, label: l.label, count: own.length, ...metres, by_class }];
  });
  return answer(found.slice(0, limit), counted.length, { notice: NOTICE, summary });
}

function api(path, query, changes) {
  if (path === '') {
    const home = { lon: HOME[0], lat: HOME[1], label: { ko: '시청', en: 'City Hall' } };
    return {
      title: '군포시 시설물',
      links: [],
      siseol: {
        generation: changes.generation,
        stamp: changes.stamp,
        timeStamp: changes.time,
        home,
        notice: NOTICE,
        extent: EXTENT,
      },
    };
  }
  if (path === 'collections')
    return { collections: [...layers.values()].map(collection), links: [] };
  if (path === 'facilities') return facilities(query);
  const [, id, what, fid, more] =
    /^collections\/([^/]+)\/(items|schema)(?:\/(\d+)(\/related)?)?$/.exec(path) ?? [];
  const l = layers.get(id);
  const found = fid ? l?.features.find((f) => f.id === Number(fid)) : l;
  if (!found) throw new Refused(404, 'Not found', path);
  if (more) {
    const { features, relations } = relatedTo(found);
    return answer(features, features.length, { relations });
  }
  if (fid) return found;
  return what === 'items'
    ? items(l, query)
    : { title: l.label.ko, type: 'object', properties: l.properties };
}

async function page(path, response) {
  const file = normalize(join(DIST, path === '' ? 'index.html' : path));
  if (!file.startsWith(DIST)) throw new Refused(404, 'Not found', path);
  const body = await readFile(file).catch(() => {
    throw new Refused(404, 'Not found', path);
  });
  response.writeHead(200, {
    'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
    'content-security-policy': CSP,
  });
  response.end(body);
}

/** Serves on a port (0 takes a free one); with a token, the API wants it. Resolves with `{url, close}`. */
export function serve({ port = 0, token = null } = {}) {
  const changes = new Changes();
  const server = createServer(async (request, response) => {
    const url = new URL(request.url, 'http://mock');
    const path = decodeURIComponent(url.pathname).slice(1);
    const send = (body) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    try {
      // What happens to the register is not of the API: `mock/VERB` is a method or a property of the changes.
      const verb = /^mock\/(\w+)$/.exec(path)?.[1];
      if (request.method === 'POST' && verb) return send(changes[verb]() ?? null);
      if (verb) return send(changes[verb]);
      if (!/^api(\/|$)/.test(path)) return await page(path, response);
      if (token && request.headers.authorization !== `Bearer ${token}`)
        throw new Refused(401, 'Token wanted', 'send Authorization: Bearer');
      if (path !== 'api/changes') return send(api(path.slice(4), url.searchParams, changes));
      if (!changes.stream(request, response)) throw new Refused(410, 'Gone', 'another register');
    } catch (error) {
      const { status = 500, title = 'Internal error', detail = String(error) } = error;
      const problem = { type: 'about:blank', title, status, detail };
      response
        .writeHead(status, { 'content-type': 'application/problem+json' })
        .end(JSON.stringify(problem));
    }
  });
  return new Promise((done) =>
    server.listen(port, '127.0.0.1', () =>
      done({ url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() }),
    ),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { url } = await serve({ port: Number(process.argv[2] ?? 8080) });
  console.log(url);
}
