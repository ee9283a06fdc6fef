import type { Map as MapLibre } from 'maplibre-gl';
import type { Answer, Store } from '../state/store.ts';
import type { Controller } from './controller.ts';

/**
 * For tests in a browser, as `window.siseol`. They wait for `ready`, or for `idle()` after each step, and look at what
 * is rendered with `map.queryRenderedFeatures()`.
 */
export interface TestHooks {
  /** The MapLibre map; null before it is open, and where there is no WebGL2. */
  readonly map: MapLibre | null;
  /** Resolves when the first search is answered and everything in view is drawn. */
  readonly ready: Promise<void>;
  readonly isReady: boolean;
  /** The last answer: `{search, question, facilities}`, `facilities` as the server sent it. */
  readonly lastAnswer: Answer | null;
  /** Resolves when no request is under way and the map has drawn what it was given. */
  idle(): Promise<void>;
}

declare global {
  interface Window {
    siseol?: TestHooks;
  }
}

export function installHooks(store: Store, controller: Controller, started: Promise<void>): void {
  let isReady = false;
  const ready = started
    .then(() => controller.idle())
    .then(() => {
      isReady = true;
    });
  window.siseol = {
    get map() {
      return controller.map?.map ?? null;
    },
    ready,
    get isReady() {
      return isReady;
    },
    get lastAnswer() {
      return store.now.answer;
    },
    idle: () => controller.idle(),
  };
}
