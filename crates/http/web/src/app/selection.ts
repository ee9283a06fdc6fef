import type { Feature } from '../api/types.ts';
import type { Fate, Selection } from '../state/store.ts';
import { distanceOf, isSame, layerOf } from './describe.ts';

/** The feature that is open, if one is. */
export function openOf(selection: Selection | null | undefined): Feature | null {
  return selection?.features[selection.open ?? -1] ?? null;
}

/**
 * The selection as the register has it now. What changed is shown as it is; what is gone stays as it was, and is marked.
 * `load` gives null for what is gone.
 */
export async function renewed(
  selection: Selection,
  time: string,
  mayHaveChanged: (layer: string) => boolean,
  load: (feature: Feature) => Promise<Feature | null>,
): Promise<Selection> {
  const fates = new Map(selection.fates);
  const features = await Promise.all(
    selection.features.map(async (before, index) => {
      if (!mayHaveChanged(layerOf(before))) return before;
      const now = await load(before);
      if (now === null) {
        if (fates.get(index)?.kind !== 'deleted') fates.set(index, { kind: 'deleted', time });
        return before;
      }
      const fate = fateOf(before, now, time);
      if (fate) fates.set(index, fate);
      else if (fates.get(index)?.kind === 'deleted') fates.delete(index);
      return now;
    }),
  );
  return { ...selection, features, fates };
}

function fateOf(before: Feature, now: Feature, time: string): Fate | null {
  return content(before) === content(now) ? null : { kind: 'changed', time };
}

/** All that the register has of a feature; how far it is from somewhere is no part of it. */
function content({ geometry, properties }: Feature): string {
  const { distance_m: _, ...own } = properties;
  return JSON.stringify([geometry, Object.entries(own).sort(([a], [b]) => (a < b ? -1 : 1))]);
}

/** What is said of how far a feature is stays said, as the answer has it now. */
export function withDistance(before: Feature, now: Feature, answered: readonly Feature[]): Feature {
  const distance = answered.find((f) => isSame(f, now))?.properties['distance_m'];
  if (distanceOf(before) === null || distance === undefined) return now;
  return { ...now, properties: { ...now.properties, distance_m: distance } };
}
