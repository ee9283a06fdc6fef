import type { Collection, LayerChanges, StateChange } from '../api/types.ts';
import * as i18n from '../i18n/index.ts';
import { type Context, collectionOf } from './questions.ts';

/** Layers that a line of news names before it only counts them. */
const NAMED = 3;

/** What happened to the register, from one look at it to the next. */
export interface News {
  time: string;
  /** Only taken back, nothing new. */
  undo: boolean;
  /** Layers with changed rows. Empty when all was loaded anew, because it is not known what changed. */
  layers: readonly LayerChanges[];
}

/** The layers of which something is other than before, or which are new. */
export function changedLayers(
  changes: readonly StateChange[],
  collections: readonly Collection[],
): Set<string> {
  const isNew = (layer: string) => collections.every((c) => c.id !== layer);
  const changed = changes.flatMap((c) => c.layers).filter((l) => rows(l) > 0 || isNew(l.layer));
  return new Set(changed.map((l) => l.layer));
}

/** Several change sets as one; null when they changed no row. */
export function newsOf(changes: readonly StateChange[]): News | null {
  const layers = new Map<string, LayerChanges>();
  for (const { layer, inserted, updated, deleted } of changes.flatMap((change) => change.layers)) {
    const sum = layers.get(layer) ?? { layer, inserted: 0, updated: 0, deleted: 0 };
    sum.inserted += inserted;
    sum.updated += updated;
    sum.deleted += deleted;
    layers.set(layer, sum);
  }
  const changed = [...layers.values()].filter((l) => rows(l) > 0);
  const last = changes.at(-1);
  if (!last || changed.length === 0) return null;
  return { time: last.time, undo: changes.every((c) => c.kind === 'undo'), layers: changed };
}

function rows({ inserted, updated, deleted }: LayerChanges): number {
  return inserted + updated + deleted;
}

/** The news as a short line: 10:32 · 상수관로 +5 ~10 −3. */
export function newsLine(news: News, context: Context): string {
  const { lang } = context;
  const signed = (sign: string, n: number) => (n > 0 ? ` ${sign}${i18n.count(lang, n)}` : '');
  return sentence(news, context, (name, { inserted, updated, deleted }) =>
    [name, signed('+', inserted), signed('~', updated), signed('−', deleted)].join(''),
  );
}

/** The same in words, for those who hear it. */
export function newsWords(news: News, context: Context): string {
  const { lang } = context;
  const counted = (key: i18n.Key, n: number) =>
    n > 0 ? [i18n.t(lang, key, { count: i18n.count(lang, n) })] : [];
  return sentence(news, context, (name, { inserted, updated, deleted }) => {
    const counts = [
      ...counted('news_inserted', inserted),
      ...counted('news_updated', updated),
      ...counted('news_deleted', deleted),
    ];
    return `${name} ${counts.join(', ')}`;
  });
}

function sentence(
  { time, undo, layers }: News,
  context: Context,
  tell: (name: string, changes: LayerChanges) => string,
): string {
  const { lang } = context;
  const named = layers.slice(0, NAMED).map((changes) => {
    const label = collectionOf(context, changes.layer)?.siseol.label;
    return tell(i18n.label(lang, label, changes.layer), changes);
  });
  const more = i18n.count(lang, layers.length - named.length);
  return [
    i18n.clock(lang, time),
    ...(undo ? [i18n.t(lang, 'news_undo')] : []),
    ...(layers.length === 0 ? [i18n.t(lang, 'news_all')] : named),
    ...(layers.length > NAMED ? [i18n.t(lang, 'news_more', { count: more })] : []),
  ].join(' · ');
}
