import { EventStream } from './event-stream.ts';
import { ApiProblem, ServerGone } from './problem.ts';
import type { StateChange } from './types.ts';

/** The server sends something at least every 15 s: a connection that is silent for longer than this is dead. */
const SILENCE_MS = 40_000;
/** The longest pause between two tries, before chance adds up to half of it. */
const LONGEST_MS = 20_000;

/** Connects: after the event of that id, or from now on. Resolves when the server has accepted. */
export type Connect = (
  lastId: string | null,
  signal: AbortSignal,
) => Promise<ReadableStream<Uint8Array>>;

export interface FeedListener {
  /** Connected. Where it was not `resumed`, changes may have been missed. */
  opened(resumed: boolean): void;
  /** Something came, if only a heartbeat. */
  heard(): void;
  changed(change: StateChange): void;
  /** Not connected, for the `tries`-th time since it last was; it is tried again. */
  lost(error: ApiProblem | ServerGone, tries: number): void;
}

/** The changes of the register, for as long as it is open; a cut is healed by itself, and nothing is missed by it. */
export class Feed {
  readonly #connect: Connect;
  readonly #listener: FeedListener;
  #lastId: string | null = null;
  #retryMs = 2000;
  #tries = 0;
  /** While it is open. */
  #session: AbortController | null = null;
  #wake = (): void => {};

  constructor(connect: Connect, listener: FeedListener) {
    this.#connect = connect;
    this.#listener = listener;
  }

  open(): void {
    if (this.#session) return;
    this.#session = new AbortController();
    this.#tries = 0;
    void this.#run(this.#session.signal);
  }

  /** Lets the connection go; opened again, it goes on from where it was. */
  close(): void {
    this.#session?.abort();
    this.#session = null;
    this.#wake();
  }

  /** Goes on after this state; from there on it knows by itself. */
  resumeFrom(id: string): void {
    this.#lastId = id;
  }

  /** Does not wait any longer: there is reason to believe that the server is back. */
  hurry(): void {
    this.#wake();
  }

  async #run(session: AbortSignal): Promise<void> {
    while (!session.aborted) {
      const lastId = this.#lastId;
      const error = await this.#listen(lastId, session);
      if (session.aborted) return;
      // The register does not know that state: a backup was restored over it. What it has now is all anew.
      if (error instanceof ApiProblem && error.status === 410 && lastId !== null) {
        this.#lastId = null;
        continue;
      }
      this.#tries++;
      this.#listener.lost(error, this.#tries);
      await this.#pause();
    }
  }

  /** Resolves when the connection has ended, with the reason. */
  async #listen(lastId: string | null, session: AbortSignal): Promise<ApiProblem | ServerGone> {
    const silence = new AbortController();
    let timer = setTimeout(() => silence.abort(), SILENCE_MS);
    try {
      const body = await this.#connect(lastId, AbortSignal.any([session, silence.signal]));
      this.#tries = 0;
      this.#listener.opened(lastId !== null);
      const reader = body.getReader();
      const events = new EventStream();
      for (;;) {
        const { done, value } = await reader.read();
        if (done || session.aborted) return new ServerGone('the stream has ended');
        clearTimeout(timer);
        timer = setTimeout(() => silence.abort(), SILENCE_MS);
        this.#listener.heard();
        this.#take(events, value);
      }
    } catch (error) {
      return error instanceof ApiProblem ? error : new ServerGone(error);
    } finally {
      clearTimeout(timer);
    }
  }

  #take(events: EventStream, piece: Uint8Array): void {
    for (const { type, data } of events.push(piece)) {
      if (type === 'state') this.#listener.changed(JSON.parse(data));
    }
    this.#lastId = events.lastId ?? this.#lastId;
    this.#retryMs = events.retry ?? this.#retryMs;
  }

  /** Doubles from try to try. Chance adds to it, so that not all pages come back in the same moment. */
  async #pause(): Promise<void> {
    const wait = Math.min(LONGEST_MS, this.#retryMs * 2 ** (this.#tries - 1));
    await new Promise<void>((done) => {
      const timer = setTimeout(done, wait * (1 + Math.random() / 2));
      this.#wake = () => {
        clearTimeout(timer);
        done();
      };
    });
  }
}
