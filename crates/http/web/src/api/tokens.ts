import type { Tokens } from './client.ts';

const KEY = 'siseol.token';

/** Keeps the token for this tab only (sessionStorage), and asks once however many requests were refused together. */
export class SessionTokens implements Tokens {
  readonly #ask: (refused: boolean) => Promise<string>;
  #asking: Promise<string> | null = null;
  #memory: string | null = null;

  constructor(ask: (refused: boolean) => Promise<string>) {
    this.#ask = ask;
  }

  get(): string | null {
    try {
      return sessionStorage.getItem(KEY) ?? this.#memory;
    } catch {
      return this.#memory; // storage can be forbidden by policy
    }
  }

  ask(refused: boolean): Promise<string> {
    this.#asking ??= this.#ask(refused)
      .then((token) => {
        this.#keep(token);
        return token;
      })
      .finally(() => {
        this.#asking = null;
      });
    return this.#asking;
  }

  #keep(token: string): void {
    this.#memory = token;
    try {
      sessionStorage.setItem(KEY, token);
    } catch {
      // kept in memory until the page is closed
    }
  }
}
