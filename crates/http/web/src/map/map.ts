import 'maplibre-gl/dist/maplibre-gl.css';
import type { Feature as GeoFeature, GeoJSON } from 'geojson';
import { GeoJSONSource, Map as MapLibre, ScaleControl, setWorkerUrl } from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import type { Bbox, Collection, Feature, GeometryKind, LonLat } from '../api/types.ts';
import { inDrawOrder } from '../app/summary.ts';
import { bounds, union } from '../geo/bounds.ts';
import { circle, circleBounds } from '../geo/circle.ts';
import { labelPoints } from '../geo/label-points.ts';
import { hasNames, nameLayers } from './names.ts';
import { between, LIT, over, SEARCH, under } from './overlay.ts';
import { pick } from './pick.ts';
import {
  emptyStyle,
  isGround,
  labelSourceId,
  layersFor,
  markGround,
  PAPER,
  sourceId,
} from './style.ts';

// Built into one bundle, the library cannot find its worker beside itself.
setWorkerUrl(workerUrl);

const NOTHING: GeoJSON = { type: 'FeatureCollection', features: [] };
const NEAR_ZOOM = 17;

export interface MapHooks {
  moved(): void;
  /** A click, with what lies under it: the topmost first, ground apart. */
  clicked(at: LonLat, things: Feature[], ground: Feature[]): void;
  /** The other button, or a long press: always a search. */
  pointed(at: LonLat): void;
  failed(error: unknown): void;
}

/** The only code that talks to MapLibre. Its constructor throws where there is no WebGL2. */
export class MapView {
  readonly map: MapLibre;
  readonly #drawn = new Map<string, Map<number, Feature>>();
  #interactive: string[] = [];
  #names = new Set<string>();
  #sources: ReadonlySet<string> = new Set();

  constructor(container: HTMLElement, centre: LonLat, zoom: number, hooks: MapHooks) {
    this.map = new MapLibre({
      container,
      style: emptyStyle(),
      center: [...centre],
      zoom,
      maxZoom: 20,
      minZoom: 5,
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      // The page's own address keeps the view.
      hash: false,
    });
    this.map.touchZoomRotate.disableRotation();
    this.map.keyboard.disableRotation();
    this.map.addControl(new ScaleControl({ unit: 'metric', maxWidth: 120 }), 'bottom-left');
    this.map.on('moveend', () => {
      for (const id of this.#names) this.#name(id);
      hooks.moved();
    });
    this.map.on('error', (event) => hooks.failed(event.error));
    this.map.on('click', ({ point, lngLat }) => {
      const found = pick(this.map, this.#interactive, this.#drawn, point);
      const things = found.filter((f) => !isGround(f));
      hooks.clicked([lngLat.lng, lngLat.lat], things, found.filter(isGround));
    });
    this.map.on('mousemove', ({ point }) => {
      const thing = pick(this.map, this.#interactive, this.#drawn, point).some((f) => !isGround(f));
      this.map.getCanvas().style.cursor = thing ? 'pointer' : '';
    });
    this.map.on('contextmenu', ({ lngLat }) => hooks.pointed([lngLat.lng, lngLat.lat]));
  }

  /** Resolves once style layers can be added. */
  loaded(): Promise<unknown> {
    return this.map.isStyleLoaded() ? Promise.resolve() : this.map.once('load');
  }

  /** Resolves when what was given is drawn. */
  async idle(): Promise<void> {
    const idle = this.map.once('idle');
    this.map.triggerRepaint();
    await idle;
  }

  /** Which collections there are. Told again it changes their layers; what is drawn of those that stay is kept. */
  setCollections(collections: readonly Collection[]): void {
    const ordered = inDrawOrder(collections).filter((c) => c.siseol.geometry !== 'none');
    const areasWithNames = ordered.filter((c) => c.siseol.geometry === 'polygon' && hasNames(c));
    this.#names = new Set(areasWithNames.map((c) => c.id));
    this.#setSources([
      SEARCH,
      LIT,
      ...ordered.map((c) => sourceId(c.id)),
      ...areasWithNames.map((c) => labelSourceId(c.id)),
    ]);
    const of = (geometry: GeometryKind) =>
      ordered.filter((c) => c.siseol.geometry === geometry).flatMap(layersFor);
    const [areas, lines, points] = [of('polygon'), of('line'), of('point')];
    const names = nameLayers(ordered);
    for (const layer of [areas, under, lines, between, points, names, over].flat()) {
      this.map.addLayer(layer);
    }
    this.#interactive = [...areas, ...lines, ...points].map((l) => l.id);
  }

  /** Draws what the view has of a layer; null draws nothing. */
  draw(id: string, features: readonly Feature[] | null): void {
    const shown = features ?? [];
    this.#drawn.set(id, new Map(shown.map((f) => [f.id, f])));
    this.#set(sourceId(id), shown.map(markGround));
    if (this.#names.has(id)) this.#name(id);
  }

  showSearch(centre: LonLat, radius: number | null): void {
    const point: GeoFeature = {
      type: 'Feature',
      properties: { role: 'centre' },
      geometry: { type: 'Point', coordinates: [...centre] },
    };
    const area: GeoFeature[] = radius
      ? [{ type: 'Feature', properties: { role: 'circle' }, geometry: circle(centre, radius) }]
      : [];
    this.#set(SEARCH, [...area, point]);
  }

  light(features: readonly Feature[], selected: Feature | null): void {
    const mark = (f: Feature, role: string) => ({ ...f, properties: { role } });
    this.#set(LIT, [
      ...features.map((f) => mark(f, 'answer')),
      ...(selected ? [mark(selected, 'selected')] : []),
    ]);
  }

  fitCircle(centre: LonLat, radius: number, duration = this.#duration()): void {
    this.#fit(circleBounds(centre, radius), duration);
  }

  fitFeatures(features: readonly Feature[], centre: LonLat): void {
    const box = union([...features.map((f) => bounds(f.geometry)), [...centre, ...centre]]);
    if (box) this.#fit(box);
  }

  /** Brings a feature into view, without a jump when it is there already. */
  reveal(feature: Feature): void {
    const box = bounds(feature.geometry);
    if (!box) return;
    const [w, s, e, n] = this.bbox();
    const inside = box[0] >= w && box[1] >= s && box[2] <= e && box[3] <= n;
    if (inside && this.map.getZoom() >= NEAR_ZOOM - 2) return;
    if (box[0] === box[2] && box[1] === box[3]) {
      const zoom = Math.max(this.map.getZoom(), NEAR_ZOOM);
      this.map.easeTo({ center: [box[0], box[1]], zoom, duration: this.#duration() });
    } else {
      this.#fit(box);
    }
  }

  moveTo(centre: LonLat, zoom: number): void {
    this.map.jumpTo({ center: [...centre], zoom });
  }

  bbox(): Bbox {
    const b = this.map.getBounds();
    return [b.getWest(), b.getSouth(), b.getEast(), b.getNorth()];
  }

  centre(): LonLat {
    const { lng, lat } = this.map.getCenter();
    return [lng, lat];
  }

  /** Takes all layers off, and the sources that are not wanted any more; new sources are empty. */
  #setSources(wanted: readonly string[]): void {
    for (const id of this.map.getLayersOrder()) if (id !== PAPER) this.map.removeLayer(id);
    for (const id of this.#sources) if (!wanted.includes(id)) this.map.removeSource(id);
    for (const id of wanted) {
      if (!this.#sources.has(id)) this.map.addSource(id, { type: 'geojson', data: NOTHING });
    }
    this.#sources = new Set(wanted);
  }

  /** Names of areas stand in the middle of what the view shows of them, so they move with it. */
  #name(id: string): void {
    const features = [...(this.#drawn.get(id)?.values() ?? [])].map(markGround);
    this.#set(labelSourceId(id), labelPoints(features, this.bbox()));
  }

  #fit([w, s, e, n]: Bbox, duration = this.#duration()): void {
    // The questions lie over the upper edge.
    const padding = { top: 72, right: 36, bottom: 40, left: 36 };
    this.map.fitBounds([w, s, e, n], { padding, maxZoom: NEAR_ZOOM + 1, duration });
  }

  #duration(): number {
    return matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 500;
  }

  #set(source: string, features: readonly (Feature | GeoFeature)[]): void {
    const found = this.map.getSource(source);
    if (!(found instanceof GeoJSONSource)) return;
    const drawable = features.filter((f): f is GeoFeature => f.geometry !== null);
    found.setData({ type: 'FeatureCollection', features: drawable });
  }
}
