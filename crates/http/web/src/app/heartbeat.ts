import type { Store } from '../state/store.ts';
import type { Controller } from './controller.ts';

const RESTING_MS = 30_000;
const GONE_MS = 5_000;

/** Asks now and then whether the server is there and the register the same: a page that silently stops is worse than none. */
export function startHeartbeat(
  store: Store,
  controller: Controller,
  restart: () => Promise<void>,
): void {
  const check = () => (store.now.root ? controller.check() : restart());
  const beat = async () => {
    // A page in the background asks nothing; it asks at once when looked at again.
    if (!document.hidden && (store.now.root || store.now.gone)) await check();
    setTimeout(beat, store.now.gone ? GONE_MS : RESTING_MS);
  };
  setTimeout(beat, GONE_MS);
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden && store.now.root) void controller.check();
  });
}
