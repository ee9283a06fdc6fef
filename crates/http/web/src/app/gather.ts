/** What comes close together is taken together: once nothing has come for so long, .. */
const REST_MS = 200;
/** .. but it is not put off for ever. */
const LONGEST_MS = 2_000;

/** Gathers a burst of things and hands them over in one go, never while those before are still being taken. */
export class Gather<T> {
  readonly #take: (things: T[]) => Promise<void>;
  #things: T[] = [];
  #since = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #taking = false;

  constructor(take: (things: T[]) => Promise<void>) {
    this.#take = take;
  }

  add(thing: T): void {
    if (this.#things.length === 0) this.#since = Date.now();
    this.#things.push(thing);
    this.#wait();
  }

  #wait(): void {
    if (this.#taking) return; // looked at again when that is done
    clearTimeout(this.#timer);
    const left = this.#since + LONGEST_MS - Date.now();
    this.#timer = setTimeout(() => void this.#handOver(), Math.max(0, Math.min(REST_MS, left)));
  }

  async #handOver(): Promise<void> {
    const things = this.#things;
    this.#things = [];
    this.#taking = true;
    try {
      await this.#take(things);
    } finally {
      this.#taking = false;
      if (this.#things.length > 0) this.#wait();
    }
  }
}
