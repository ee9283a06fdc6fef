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

  constructor(store: Store, client: Client, health: Health) {
    this.#store = store;
    this.#client = client;
    this.#health = health;
  }

  /** Null when it failed or was given up; the state then says why. */
  async run(search: Search, question: Question | null): Promise<Answer | null> {
    this.#asking?.abort();
    const asking = new AbortController();
    this.#asking = asking;
    this.#store.set({ searching: true, problem: null });
    try {
      const facilities = await this.#client.facilities(queryFor(search, question), asking.signal);
      if (asking.signal.aborted) return null;
      const answer = { search, question, facilities };
      this.#store.set({ answer, searching: false });
      return answer;
    } catch (error) {
      if (isAbort(error) || asking.signal.aborted) return null;
      this.#store.set({ searching: false });
      this.#health.failed(error);
      return null;
    }
  }

  /** Asks the same once more, because the register or the server has changed. */
  async again(): Promise<void> {
    const { answer, search } = this.#store.now;
    if (search) await this.run(search, answer?.search === search ? answer.question : null);
  }
}

function queryFor({ point, radius }: Search, question: Question | null): FacilitiesQuery {
  return question ? queryOf(question, point) : { near: point, radius };
}
