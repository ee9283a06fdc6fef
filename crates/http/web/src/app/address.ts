import { writePermalink } from '../state/permalink.ts';
import type { Store } from '../state/store.ts';
import type { Controller } from './controller.ts';

const PAUSE_MS = 200;

/** Keeps the address in step with the page, and the page with the address. */
export function linkAddress(store: Store, controller: Controller): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const write = () => {
    const { search, lang } = store.now;
    const map = controller.map;
    if (!search) return;
    const hash = writePermalink({
      ...(map ? { centre: map.centre(), zoom: map.map.getZoom() } : {}),
      ...search,
      lang,
    });
    // Replaced, not pushed: a step back should leave the page, not undo each movement of the map.
    if (hash !== location.hash) history.replaceState(history.state, '', hash);
  };
  // Browsers allow only so many changes of the address in a short time.
  store.subscribe(() => {
    clearTimeout(timer);
    timer = setTimeout(write, PAUSE_MS);
  });
  addEventListener('hashchange', () => void controller.follow(location.hash));
}
