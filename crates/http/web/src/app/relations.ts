import type { Feature, Label, Related } from '../api/types.ts';

/** The features that belong with another one in the same way. */
export interface Relatives {
  /** Tells it from the others of the same answer. */
  id: string;
  label: Label;
  features: Feature[];
}

/** One block for each way of belonging, in the order in which the answer comes to them. */
export function relativesOf({ features, relations }: Related): Relatives[] {
  const blocks = new Map<string, Relatives>();
  relations.forEach(({ means, names, label }, index) => {
    const feature = features[index];
    if (!feature) return;
    // Whoever names the feature is a record of it, whatever it names it for.
    const id = names ? 'names' : means;
    const block = blocks.get(id) ?? { id, label, features: [] };
    block.features.push(feature);
    blocks.set(id, block);
  });
  return [...blocks.values()];
}
