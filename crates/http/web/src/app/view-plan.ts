import type { Bbox, Collection } from '../api/types.ts';
import { contains } from '../geo/bounds.ts';

/** What is known of a layer from the last time it was asked. */
export interface Known {
  bbox: Bbox;
  /** True when everything in `bbox` came; false when there was too much to draw. */
  complete: boolean;
}

export interface View {
  bbox: Bbox;
  zoom: number;
}

export type Step = 'ask' | 'keep' | 'zoom-in' | 'hidden' | 'unmapped';

/** Which layers must be asked for this view. A smaller view inside a full answer needs no request. */
export function plan(
  collection: Collection,
  view: View,
  hidden: ReadonlySet<string>,
  known: Known | undefined,
): Step {
  if (collection.siseol.geometry === 'none') return 'unmapped';
  if (hidden.has(collection.id)) return 'hidden';
  if (view.zoom < (collection.siseol.look.minzoom ?? 0)) return 'zoom-in';
  if (known?.complete && contains(known.bbox, view.bbox)) return 'keep';
  // More than the limit in a part of this view is more than the limit in the whole of it.
  if (known?.complete === false && contains(view.bbox, known.bbox)) return 'zoom-in';
  return 'ask';
}
