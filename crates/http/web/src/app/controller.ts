import type { Client } from '../api/client.ts';
import type { Feature, Lang, LonLat } from '../api/types.ts';
import type { MapHooks, MapView } from '../map/map.ts';
import { readPermalink } from '../state/permalink.ts';
import type { Store, Tab } from '../state/store.ts';
import { layerOf } from './describe.ts';
import { Health } from './health.ts';
import { Lookup } from './lookup.ts';
import { highlightsOf, homeOf, type Question } from './questions.ts';
import { RelatedLoader } from './related-loader.ts';
import { Schemas } from './schemas.ts';
import { openOf, renewed, withDistance } from './selection.ts';
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
  readonly #related: RelatedLoader;
  #map: MapView | null = null;
  #updating = false;

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
    this.#related = new RelatedLoader(store, client, this.health, this.#schemas);
  }

  get map(): MapView | null {
    return this.#map;
  }

  /** Loads what the city has, opens the map, and answers the first search. */
  async start(hash: string, openMap: OpenMap): Promise<void> {
    const link = readPermalink(hash);
    this.#store.set({ problem: null, ...(link.lang ? { lang: link.lang } : {}) });
    try {
      await this.#loadCity();
    } catch (error) {
      return this.health.failed(error);
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
    this.#store.set({ search });
    this.#unselect();
    this.#map?.showSearch(point, radius);
    if (fit) this.#map?.fitCircle(point, radius);
    await this.#lookup.run(search, null);
    this.#light();
  }

  async ask(question: Question): Promise<void> {
    const point = this.#home();
    if (!point) return;
    const search = { point, radius: question.radius ?? this.radius };
    this.#store.set({ search, tab: 'list' });
    this.#unselect();
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
    this.#store.set({ selection: { features, fates: new Map(), open: null, at } });
    this.open(features.length === 1 ? 0 : null);
  }

  /** Opens one of the selected features; null goes back to the list of them. */
  open(index: number | null): void {
    const { selection } = this.#store.now;
    if (!selection) return;
    this.#store.set({ selection: { ...selection, open: index } });
    const feature = openOf(this.#store.now.selection);
    if (feature) void this.#schemas.want(layerOf(feature));
    // Of what is gone the register knows no relations; what is shown of them stays, as all of it does.
    const gone = index !== null && selection.fates.get(index)?.kind === 'deleted';
    if (!gone) void this.#related.show(feature);
    this.#light();
  }

  /** Opens a feature that the page lists somewhere, and shows where it is. */
  showListed(feature: Feature): void {
    this.select([feature], null);
    this.#map?.reveal(feature);
  }

  deselect(): void {
    this.#unselect();
    this.#light();
  }

  /** Asks again what belongs with the open feature. */
  retryRelated(): void {
    void this.#related.again();
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

  /**
   * The register has changed in these layers, or null if it is not known in which. What is shown of them, the answer and the
   * selection follow; the map stays where it is. Rejects where something could not follow.
   */
  async update(layers: ReadonlySet<string> | null): Promise<void> {
    const changed = (layer: string) => layers?.has(layer) ?? true;
    this.#updating = true;
    try {
      const known = new Set(this.#store.now.collections.map((c) => c.id));
      if (!layers || [...layers].some((layer) => !known.has(layer))) await this.#loadCity();
      this.#schemas.forget(changed);
      this.#loader.forget(changed);
      // What is selected from now on is selected from what is new.
      await Promise.all([this.#loader.settled(), this.#lookup.again()]);
      await this.#renewSelection(changed);
      this.#light();
    } finally {
      this.#updating = false;
    }
  }

  /** Asks once more for what may have failed while the server was gone. */
  async catchUp(): Promise<void> {
    this.#loader.refresh(0);
    await Promise.all([this.#lookup.again(), this.#related.again()]);
    this.#light();
  }

  /** Resolves when no request is under way and the map has drawn what it was given. */
  async idle(): Promise<void> {
    do {
      await this.#loader.settled();
      await this.#map?.idle();
    } while (this.#updating || this.#loader.busy || this.#lookup.busy || this.#related.busy);
  }

  get radius(): number {
    return this.#store.now.search?.radius ?? START_RADIUS_M;
  }

  /** Takes up what the city has. */
  async #loadCity(): Promise<void> {
    const [root, collections] = await Promise.all([
      this.#client.root(),
      this.#client.collections(),
    ]);
    this.#store.set({ root, collections });
    this.#map?.setCollections(collections);
  }

  async #renewSelection(changed: (layer: string) => boolean): Promise<void> {
    const { selection: before, root } = this.#store.now;
    if (!before) return;
    const time = root?.siseol.timeStamp ?? '';
    const { features, fates } = await renewed(before, time, changed, async (feature) => {
      const now = await this.#client.item(layerOf(feature), feature.id);
      return now && withDistance(feature, now, this.#store.now.answer?.facilities.features ?? []);
    });
    const { selection } = this.#store.now;
    // Meanwhile another one of them may have been opened, or something else selected.
    if (selection?.features !== before.features) return;
    this.#store.set({ selection: { ...selection, features, fates } });
    this.open(selection.open);
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
      map.setCollections(this.#store.now.collections);
      this.#map = map;
    } catch (error) {
      console.warn(error);
      this.#store.set({ mapMissing: true });
    }
  }

  #unselect(): void {
    this.#store.set({ selection: null });
    void this.#related.show(null);
  }

  #light(): void {
    const { answer, selection } = this.#store.now;
    this.#map?.light(highlightsOf(answer), openOf(selection));
  }
}
