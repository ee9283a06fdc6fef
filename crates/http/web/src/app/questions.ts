import type { FacilitiesQuery } from '../api/client.ts';
import type { Collection, Feature, Lang, LonLat, Root } from '../api/types.ts';
import * as i18n from '../i18n/index.ts';
import type { Answer } from '../state/store.ts';
import { distanceOf, nameOf } from './describe.ts';

/** An example question. The only place of the page that knows a layer by name. */
export interface Question {
  id: 'hydrants' | 'nearest-shelter' | 'water-pipes';
  layer: string;
  /** Null asks for the single nearest one. */
  radius: number | null;
  answer: 'count' | 'length' | 'nearest';
}

const QUESTIONS: readonly Question[] = [
  { id: 'hydrants', layer: 'hydrant', radius: 500, answer: 'count' },
  { id: 'nearest-shelter', layer: 'shelter', radius: null, answer: 'nearest' },
  { id: 'water-pipes', layer: 'water_pipe', radius: 300, answer: 'length' },
];

/** The questions that this city can answer. */
export function questionsFor(collections: readonly Collection[]): Question[] {
  return QUESTIONS.filter((q) => collections.some((c) => c.id === q.layer));
}

export function queryOf(question: Question, near: LonLat): FacilitiesQuery {
  const base = { near, layers: [question.layer] };
  return question.radius === null
    ? { ...base, limit: 1 }
    : { ...base, radius: question.radius, limit: 1000 };
}

export interface Context {
  lang: Lang;
  root: Root | null;
  collections: readonly Collection[];
}

export function questionText(question: Question, context: Context): string {
  const words = wordsOf(question, context);
  return i18n.t(
    context.lang,
    question.radius === null ? 'question_nearest' : 'question_within',
    words,
  );
}

/** The answer as one sentence: the heading of the results, and what a screen reader is told. */
export function answerText(answer: Answer, context: Context): string {
  const { lang } = context;
  const { question, facilities, search } = answer;
  if (!question) {
    return i18n.t(lang, facilities.numberMatched === 0 ? 'within_none' : 'within', {
      radius: i18n.radius(lang, search.radius),
      count: i18n.count(lang, facilities.numberMatched),
    });
  }
  const words = wordsOf(question, context);
  const nearest = facilities.features[0];
  if (!nearest)
    return i18n.t(lang, question.radius === null ? 'answer_nothing' : 'answer_none', words);
  const distance = i18n.metres(lang, distanceOf(nearest) ?? 0);
  const count = i18n.count(lang, facilities.numberMatched);
  if (question.answer === 'nearest') {
    const name = nameOf(nearest, collectionOf(context, question.layer));
    return i18n.t(lang, 'answer_nearest', { ...words, name, distance });
  }
  const length = facilities.summary.find((row) => row.layer === question.layer)?.length_m;
  return question.answer === 'length' && length !== undefined
    ? i18n.t(lang, 'answer_length', { ...words, count, length: i18n.metres(lang, length) })
    : i18n.t(lang, 'answer_count', { ...words, count, distance });
}

/** Where the page starts: the city hall, else the middle of the data. */
export function homeOf(root: Root | null, collections: readonly Collection[]): LonLat | null {
  const home = root?.siseol.home;
  if (home) return [home.lon, home.lat];
  const extent =
    root?.siseol.extent ?? collections.map((c) => c.extent?.spatial?.bbox?.[0]).find((b) => b);
  return extent ? [(extent[0] + extent[2]) / 2, (extent[1] + extent[3]) / 2] : null;
}

/** The name of the place searched around, or null when it has none. */
export function placeOf(point: LonLat, context: Context): string | null {
  const home = homeOf(context.root, context.collections);
  const near = home && Math.abs(home[0] - point[0]) < 1e-6 && Math.abs(home[1] - point[1]) < 1e-6;
  return near ? homeName(context) : null;
}

export function collectionOf(context: Context, id: string): Collection | undefined {
  return context.collections.find((c) => c.id === id);
}

function homeName({ lang, root }: Context): string {
  return i18n.label(lang, root?.siseol.home?.label, i18n.t(lang, 'data_centre'));
}

function wordsOf(question: Question, context: Context): i18n.Words {
  const collection = collectionOf(context, question.layer);
  return {
    home: homeName(context),
    radius: question.radius === null ? '' : i18n.radius(context.lang, question.radius),
    layer: i18n.label(context.lang, collection?.siseol.label, question.layer),
  };
}

/** Features that an answer lights up on the map: those of a question; a plain search lights nothing. */
export function highlightsOf(answer: Answer | null): Feature[] {
  return answer?.question ? answer.facilities.features : [];
}
