import type { Collection, Facilities, Lang } from '../api/types.ts';
import { label } from '../i18n/index.ts';

export interface SummaryLine {
  collection: Collection;
  label: string;
  /** Null when the layer was not asked about, which is not the same as none. */
  count: number | null;
  lengthM: number | null;
  classes: { code: string; label: string; count: number }[];
}

/** Legend and counts in one: every layer, the topmost on the map first, with what the answer has of it. */
export function summaryLines(
  collections: readonly Collection[],
  facilities: Facilities | null,
  lang: Lang,
  only: string | null = null,
): SummaryLine[] {
  const drawn = inDrawOrder(collections).reverse();
  // What has no place on the map is no part of the legend: it comes after.
  return [...drawn.filter(onMap), ...drawn.filter((c) => !onMap(c))].map((collection) => {
    const row = facilities?.summary.find((r) => r.layer === collection.id);
    const classes = (row?.by_class ?? []).filter((c) => c.count > 0);
    return {
      collection,
      label: label(lang, collection.siseol.label, collection.title),
      count: row?.count ?? (only === null || only === collection.id ? 0 : null),
      lengthM: row?.length_m ?? null,
      // One class that holds everything says nothing that the layer's own line does not.
      classes: classes.length > 1 ? classes.map((c) => classLine(c, lang)) : [],
    };
  });
}

function classLine(row: Facilities['summary'][number]['by_class'][number], lang: Lang) {
  return { code: row.class, label: label(lang, row.label, row.class), count: row.count };
}

function onMap(collection: Collection): boolean {
  return collection.siseol.geometry !== 'none';
}

/** Bottom first. Ties go by geometry, for a point under an area cannot be seen. */
export function inDrawOrder(collections: readonly Collection[]): Collection[] {
  const rank = { none: 0, polygon: 1, line: 2, point: 3 };
  return [...collections].sort(
    (a, b) =>
      a.siseol.look.order - b.siseol.look.order ||
      rank[a.siseol.geometry] - rank[b.siseol.geometry] ||
      a.id.localeCompare(b.id),
  );
}
