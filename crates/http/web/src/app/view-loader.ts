import type { Client } from '../api/client.ts';
import { VIEW_LIMIT } from '../api/client.ts';
import { isAbort } from '../api/problem.ts';
import type { Collection, Feature } from '../api/types.ts';
import type { LayerStatus } from '../state/store.ts';
import { type Known, plan, type View } from './view-plan.ts';

const PAUSE_MS = 250;

export interface Surface {
  view(): View;
  collections(): readonly Collection[];
  hidden(): ReadonlySet<string>;
  draw(id: string, features: readonly Feature[] | null): void;
  status(id: string, status: LayerStatus): void;
  busy(busy: boolean): void;
  failed(error: unknown): void;
}

/** Keeps the map filled with the current view: waits until it rests, asks per layer, gives up what is no longer wanted. */
export class ViewLoader {
  readonly #client: Client;
  readonly #surface: Surface;
  readonly #known = new Map<string, Known>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running: AbortController | null = null;
  #settled: Promise<void> = Promise.resolve();

  constructor(client: Client, surface: Surface) {
    this.#client = client;
    this.#surface = surface;
  }

  get busy(): boolean {
    return this.#timer !== undefined || this.#running !== null;
  }

  /** What is known of these layers may not be so any more: they are asked for anew. */
  forget(mayHaveChanged: (layer: string) => boolean): void {
    for (const id of this.#known.keys()) if (mayHaveChanged(id)) this.#known.delete(id);
    this.refresh(0);
  }

  /** Asks again once the view has rested. */
  refresh(pause = PAUSE_MS): void {
    clearTimeout(this.#timer);
    this.#running?.abort();
    this.#running = null;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#settled = this.#load();
    }, pause);
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    while (this.busy) {
      await new Promise((done) => setTimeout(done, 20));
      await this.#settled;
    }
  }

  async #load(): Promise<void> {
    const running = new AbortController();
    this.#running = running;
    this.#surface.busy(true);
    const view = this.#surface.view();
    await Promise.all(this.#surface.collections().map((c) => this.#layer(c, view, running.signal)));
    if (this.#running !== running) return;
    this.#running = null;
    this.#surface.busy(false);
  }

  async #layer(collection: Collection, view: View, signal: AbortSignal): Promise<void> {
    const { id } = collection;
    const step = plan(collection, view, this.#surface.hidden(), this.#known.get(id));
    if (step === 'keep') return this.#surface.status(id, 'drawn');
    if (step !== 'ask') {
      if (step !== 'unmapped') this.#clear(id);
      return this.#surface.status(id, step);
    }
    try {
      const items = await this.#client.items(id, view.bbox, signal);
      if (signal.aborted) return;
      const complete = items.numberMatched <= VIEW_LIMIT;
      this.#surface.draw(id, complete ? items.features : null);
      this.#known.set(id, { bbox: view.bbox, complete });
      this.#surface.status(id, complete ? 'drawn' : 'zoom-in');
    } catch (error) {
      if (isAbort(error) || signal.aborted) return;
      // What is drawn stays, for something old is better than nothing where it is said to be so.
      this.#surface.status(id, 'failed');
      this.#surface.failed(error);
    }
  }

  /** Draws nothing, and forgets what was drawn; that there was too much is worth keeping. */
  #clear(id: string): void {
    this.#surface.draw(id, null);
    if (this.#known.get(id)?.complete) this.#known.delete(id);
  }
}
