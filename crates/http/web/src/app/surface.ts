import { ServerGone } from '../api/problem.ts';
import type { MapView } from '../map/map.ts';
import type { Store } from '../state/store.ts';
import type { Health } from './health.ts';
import type { Surface } from './view-loader.ts';

/** What the view loader works on: the map as it is, and the state. Without a map there is nothing to load. */
export function surfaceFor(store: Store, health: Health, map: () => MapView | null): Surface {
  return {
    view: () => ({
      bbox: map()?.bbox() ?? [0, 0, 0, 0],
      zoom: map()?.map.getZoom() ?? 0,
    }),
    collections: () => (map() ? store.now.collections : []),
    hidden: () => store.now.hidden,
    draw: (id, features) => map()?.draw(id, features),
    status: (id, status) => store.set({ layers: { ...store.now.layers, [id]: status } }),
    busy: (mapBusy) => store.set({ mapBusy }),
    // A layer that is refused says so in its own row; a server that is gone concerns all.
    failed: (error) => {
      if (error instanceof ServerGone) health.failed(error);
    },
  };
}
