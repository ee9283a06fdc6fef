import type { Client, FacilitiesQuery } from '../api/client.ts';
import { isAbort } from '../api/problem.ts';
import type { Answer, Search, Store } from '../state/store.ts';
import type { Health } from './health.ts';
import { type Question, queryOf } from './questions.ts';

/** Asks for facilities; a newer lookup gives up the older, so that answers never arrive out of order. */
export class Lookup {
  readonly #store: Store;
  readonly #client: Client;
  readonly #health: Health;
  #asking: AbortController | null = null;
  #answered: Promise<Answer | null> = Promise.resolve(null);
  #last: { search: Search; question: Question | null } | null = null;

  constructor(store: Store, client: Client, health: Health) {
    this.#store = store;
    this.#client = client;
    this.#health = health;
  }

  get busy(): boolean {
    return this.#asking !== null;
  }

  /** Null when it failed or was given up; the state then says why. */
  async run(search: Search, question: Question | null): Promise<Answer | null> {
    this.#last = { search, question };
    this.#store.set({ searching: true, problem: null });
    this.#answered = this.#ask(search, question);
    return await this.#answered;
  }

  /** Asks the same once more, because the register or the server has changed; what is shown stays until then. */
  async again(): Promise<void> {
    await this.#answered;
    // One that was begun since knows of the change.
    if (!this.#last || this.#asking) return;
    this.#answered = this.#ask(this.#last.search, this.#last.question);
    await this.#answered;
  }

  async #ask(search: Search, question: Question | null): Promise<Answer | null> {
    this.#asking?.abort();
    const asking = new AbortController();
    this.#asking = asking;
    try {
      const facilities = await this.#client.facilities(queryFor(search, question), asking.signal);
      if (asking.signal.aborted) return null;
      const answer = { search, question, facilities };
      this.#store.set({ answer, searching: false, problem: null });
      return answer;
    } catch (error) {
      if (isAbort(error) || asking.signal.aborted) return null;
      this.#store.set({ searching: false });
      this.#health.failed(error);
      return null;
    } finally {
      if (this.#asking === asking) this.#asking = null;
    }
  }
}

function queryFor({ point, radius }: Search, question: Question | null): FacilitiesQuery {
  return question ? queryOf(question, point) : { near: point, radius };
}
