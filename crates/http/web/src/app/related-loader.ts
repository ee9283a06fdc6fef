import type { Client } from '../api/client.ts';
import { isAbort, ServerGone } from '../api/problem.ts';
import type { Feature } from '../api/types.ts';
import type { Store } from '../state/store.ts';
import { isSame, layerOf } from './describe.ts';
import type { Health } from './health.ts';
import type { Schemas } from './schemas.ts';

/** Loads what belongs with the open feature; an answer that nobody waits for any more is given up. */
export class RelatedLoader {
  readonly #store: Store;
  readonly #client: Client;
  readonly #health: Health;
  readonly #schemas: Schemas;
  #feature: Feature | null = null;
  #asking: AbortController | null = null;

  constructor(store: Store, client: Client, health: Health, schemas: Schemas) {
    this.#store = store;
    this.#client = client;
    this.#health = health;
    this.#schemas = schemas;
  }

  get busy(): boolean {
    return this.#asking !== null;
  }

  /** That feature is open now, or none. What is shown of the same feature stays until the answer is there. */
  async show(feature: Feature | null): Promise<void> {
    const same = feature && this.#feature && isSame(feature, this.#feature);
    this.#feature = feature;
    if (!same) this.#store.set({ related: feature && 'loading' });
    await this.again();
  }

  /** Asks once more, because it failed or the server has changed. */
  async again(): Promise<void> {
    this.#asking?.abort();
    this.#asking = null;
    const feature = this.#feature;
    if (!feature) return;
    if (this.#store.now.related === 'failed') this.#store.set({ related: 'loading' });
    const asking = new AbortController();
    this.#asking = asking;
    try {
      const related = await this.#client.related(layerOf(feature), feature.id, asking.signal);
      // Records are shown with their fields, and under the labels of these.
      const records = related?.features.filter((f) => f.geometry === null) ?? [];
      await Promise.all([...new Set(records.map(layerOf))].map((id) => this.#schemas.want(id)));
      if (!asking.signal.aborted) this.#store.set({ related });
    } catch (error) {
      if (isAbort(error) || asking.signal.aborted) return;
      this.#store.set({ related: 'failed' });
      // A refusal is said where the answer would be; the server's absence concerns all.
      if (error instanceof ServerGone) this.#health.failed(error);
    } finally {
      if (this.#asking === asking) this.#asking = null;
    }
  }
}
