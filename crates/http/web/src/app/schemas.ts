import type { Client } from '../api/client.ts';
import { ServerGone } from '../api/problem.ts';
import type { Store } from '../state/store.ts';
import type { Health } from './health.ts';

/** The decoded fields need the collection's schema: fetched when first wanted, then kept. */
export class Schemas {
  readonly #store: Store;
  readonly #client: Client;
  readonly #health: Health;
  readonly #stale = new Set<string>();

  constructor(store: Store, client: Client, health: Health) {
    this.#store = store;
    this.#client = client;
    this.#health = health;
  }

  /** Those of which the register may have changed the fields are fetched again when next wanted. */
  forget(mayHaveChanged: (layer: string) => boolean): void {
    for (const id of Object.keys(this.#store.now.schemas)) {
      if (mayHaveChanged(id)) this.#stale.add(id);
    }
  }

  async want(id: string): Promise<void> {
    if (id === '' || (id in this.#store.now.schemas && !this.#stale.has(id))) return;
    try {
      const schema = await this.#client.schema(id);
      this.#stale.delete(id);
      this.#store.set({ schemas: { ...this.#store.now.schemas, [id]: schema } });
    } catch (error) {
      // Without it the raw fields are still shown; the server's absence is worth saying.
      if (error instanceof ServerGone) this.#health.failed(error);
    }
  }
}
