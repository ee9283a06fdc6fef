import type { Client } from '../api/client.ts';
import type { Feature, Lang, LonLat } from '../api/types.ts';
import type { MapHooks, MapView } from '../map/map.ts';
import { readPermalink } from '../state/permalink.ts';
import type { Store, Tab } from '../state/store.ts';
import { layerOf } from './describe.ts';
import { Health } from './health.ts';
import { Lookup } from './lookup.ts';
import { highlightsOf, homeOf, type Question } from './questions.ts';
import { Schemas } from './schemas.ts';
import { surfaceFor } from './surface.ts';
import { ViewLoader } from './view-loader.ts';

export const START_RADIUS_M = 500;
const START_ZOOM = 15;

export type OpenMap = (centre: LonLat, zoom: number, hooks: MapHooks) => MapView;

/** What the page can do. Components call these; nothing else changes the state. */
export class Controller {
  readonly health: Health;
  readonly #store: Store;
  readonly #client: Client;
  readonly #schemas: Schemas;
  readonly #lookup: Lookup;
  readonly #loader: ViewLoader;
  #map: MapView | null = null;

  constructor(store: Store, client: Client) {
    this.#store = store;
    this.#client = client;
    this.health = new Health(store);
    this.#lookup = new Lookup(store, client, this.health);
    this.#loader = new ViewLoader(
      client,
      surfaceFor(store, this.health, () => this.#map),
    );
    this.#schemas = new Schemas(store, client, this.health);
  }

  get map(): MapView | null {
    return this.#map;
  }

  /** Loads what the city has, opens the map, and answers the first search. */
  async start(hash: string, openMap: OpenMap): Promise<void> {
    const link = readPermalink(hash);
    this.#store.set({ problem: null, ...(link.lang ? { lang: link.lang } : {}) });
    try {
      const [root, collections] = await Promise.all([
        this.#client.root(),
        this.#client.collections(),
      ]);
      this.#store.set({ root, collections });
    } catch (error) {
      this.health.failed(error);
      return;
    }
    const point = link.point ?? this.#home();
    if (!point) return; // an empty register: nothing to look at
    const radius = link.radius ?? START_RADIUS_M;
    await this.#openMap(openMap, link.centre ?? point, link.zoom ?? START_ZOOM);
    if (!link.centre) this.#map?.fitCircle(point, radius, 0);
    this.#loader.refresh(0);
    await this.search(point, radius, false);
  }

  async search(point: LonLat, radius: number, fit = true): Promise<void> {
    const search = { point, radius };
    this.#store.set({ search, selection: null });
    this.#map?.showSearch(point, radius);
    if (fit) this.#map?.fitCircle(point, radius);
    await this.#lookup.run(search, null);
    this.#light();
  }

  async ask(question: Question): Promise<void> {
    const point = this.#home();
    if (!point) return;
    const search = { point, radius: question.radius ?? this.radius };
    this.#store.set({ search, selection: null, tab: 'list' });
    // An answer on a layer that was switched off would be an answer one cannot see.
    if (this.#store.now.hidden.has(question.layer)) this.toggleLayer(question.layer);
    this.#map?.showSearch(point, question.radius);
    if (question.radius !== null) this.#map?.fitCircle(point, question.radius);
    const answer = await this.#lookup.run(search, question);
    this.#light();
    if (answer && question.radius === null) {
      this.#map?.fitFeatures(answer.facilities.features, point);
    }
  }

  select(features: Feature[], at: LonLat | null): void {
    this.#store.set({ selection: { features, open: null, at } });
    this.open(features.length === 1 ? 0 : null);
  }

  /** Opens one of the selected features; null goes back to the list of them. */
  open(index: number | null): void {
    const { selection } = this.#store.now;
    if (!selection) return;
    this.#store.set({ selection: { ...selection, open: index } });
    const feature = index === null ? undefined : selection.features[index];
    if (feature) void this.#schemas.want(layerOf(feature));
    this.#light();
  }

  /** Opens a row of the list, and shows where it is. */
  showListed(feature: Feature): void {
    this.select([feature], null);
    this.#map?.reveal(feature);
  }

  deselect(): void {
    this.#store.set({ selection: null });
    this.#light();
  }

  toggleLayer(id: string): void {
    const hidden = new Set(this.#store.now.hidden);
    if (!hidden.delete(id)) hidden.add(id);
    this.#store.set({ hidden });
    this.#loader.refresh(0);
  }

  setLang(lang: Lang): void {
    this.#store.set({ lang });
  }

  setTab(tab: Tab): void {
    this.#store.set({ tab });
  }

  goHome(): void {
    const point = this.#home();
    if (point) void this.search(point, this.radius);
  }

  /** Follows an address that was pasted or gone back to. */
  async follow(hash: string): Promise<void> {
    const { search, lang } = this.#store.now;
    const link = readPermalink(hash);
    if (link.lang && link.lang !== lang) this.setLang(link.lang);
    if (link.centre && link.zoom !== undefined) this.#map?.moveTo(link.centre, link.zoom);
    const [lon, lat] = link.point ?? search?.point ?? [];
    if (lon === undefined || lat === undefined) return;
    const radius = link.radius ?? this.radius;
    const same = lon === search?.point[0] && lat === search.point[1] && radius === search.radius;
    if (!same) await this.search([lon, lat], radius, link.centre === undefined);
  }

  /** Is the server there, and has the register changed? The layers and the answer follow it. */
  async check(): Promise<void> {
    const { root: before, gone } = this.#store.now;
    try {
      const root = await this.#client.root();
      this.#store.set({ root });
      if (root.siseol.stamp === before?.siseol.stamp && !gone) return;
      this.#loader.refresh(0);
      await this.#lookup.again();
      this.#light();
    } catch (error) {
      this.health.failed(error);
    }
  }

  /** Resolves when no request is under way and the map has drawn what it was given. */
  async idle(): Promise<void> {
    do {
      await this.#loader.settled();
      await this.#map?.idle();
    } while (this.#loader.busy || this.#store.now.searching);
  }

  get radius(): number {
    return this.#store.now.search?.radius ?? START_RADIUS_M;
  }

  #home(): LonLat | null {
    return homeOf(this.#store.now.root, this.#store.now.collections);
  }

  async #openMap(openMap: OpenMap, centre: LonLat, zoom: number): Promise<void> {
    try {
      const map = openMap(centre, zoom, {
        moved: () => this.#loader.refresh(),
        clicked: (at, things, ground) => {
          if (things.length > 0) this.select([...things, ...ground], at);
          else void this.search(at, this.radius, false);
        },
        pointed: (at) => void this.search(at, this.radius, false),
        failed: (error) => console.error(error),
      });
      await map.loaded();
      map.addCollections(this.#store.now.collections);
      this.#map = map;
    } catch (error) {
      console.warn(error);
      this.#store.set({ mapMissing: true });
    }
  }

  #light(): void {
    const { answer, selection } = this.#store.now;
    const selected = selection?.features[selection.open ?? -1] ?? null;
    this.#map?.light(highlightsOf(answer), selected);
  }
}
