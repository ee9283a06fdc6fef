import { ApiProblem, isAbort, ServerGone } from '../api/problem.ts';
import type { Store } from '../state/store.ts';

/** Knows when the server was last heard, and turns what went wrong into what the page shows. */
export class Health {
  readonly #store: Store;
  #heard = new Date();

  constructor(store: Store) {
    this.#store = store;
  }

  /** Called for each sign of life, whatever it says. */
  heard(): void {
    this.#heard = new Date();
    if (this.#store.now.gone) this.#store.set({ gone: null });
  }

  failed(error: unknown): void {
    if (isAbort(error)) return;
    if (error instanceof ServerGone) {
      this.#store.set({ gone: this.#heard });
      return;
    }
    const problem = error instanceof ApiProblem ? error : new ApiProblem(0, String(error), '');
    this.#store.set({ problem });
  }
}
