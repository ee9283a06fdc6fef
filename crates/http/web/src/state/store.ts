import type { ApiProblem } from '../api/problem.ts';
import type {
  Collection,
  Facilities,
  Feature,
  Lang,
  LonLat,
  Related,
  Root,
  Schema,
} from '../api/types.ts';
import type { News } from '../app/news.ts';
import type { Question } from '../app/questions.ts';

/** What the map does with a layer at the moment. */
export type LayerStatus = 'drawn' | 'loading' | 'zoom-in' | 'failed' | 'hidden' | 'unmapped';
/** Whether changes of the register arrive at the moment. */
export type Live = 'connecting' | 'on' | 'reconnecting';
export type Tab = 'summary' | 'list';

export interface Search {
  point: LonLat;
  radius: number;
}

export interface Answer {
  search: Search;
  /** The example question that this answers, or null for a plain search. */
  question: Question | null;
  facilities: Facilities;
}

/** What became of a feature while it was selected. */
export interface Fate {
  kind: 'changed' | 'deleted';
  time: string;
}

export interface Selection {
  features: Feature[];
  /** By the place in `features`; what did not change is not in it. */
  fates: ReadonlyMap<number, Fate>;
  /** Which of several overlapping features is open; null shows the list of them. */
  open: number | null;
  /** Where the click was, so that a search can start there. */
  at: LonLat | null;
}

export interface State {
  lang: Lang;
  root: Root | null;
  collections: Collection[];
  schemas: Record<string, Schema>;
  search: Search | null;
  answer: Answer | null;
  searching: boolean;
  /** Why the start or the last search failed. */
  problem: ApiProblem | null;
  /** When the server was last heard, while it is not heard now. */
  gone: Date | null;
  live: Live;
  news: News | null;
  layers: Record<string, LayerStatus>;
  hidden: ReadonlySet<string>;
  mapBusy: boolean;
  mapMissing: boolean;
  selection: Selection | null;
  /** What belongs with the open feature; null when none is open that the register has. */
  related: Related | 'loading' | 'failed' | null;
  tab: Tab;
  /** Set while the server asks for a token. */
  token: { refused: boolean } | null;
}

export const initial: State = {
  lang: 'ko',
  root: null,
  collections: [],
  schemas: {},
  search: null,
  answer: null,
  searching: false,
  problem: null,
  gone: null,
  live: 'connecting',
  news: null,
  layers: {},
  hidden: new Set(),
  mapBusy: false,
  mapMissing: false,
  selection: null,
  related: null,
  tab: 'summary',
  token: null,
};

/** The one place where the page's state lives: replaced, never changed in place. */
export class Store {
  #state: State;
  readonly #listeners = new Set<(now: State, before: State) => void>();

  constructor(state: State = initial) {
    this.#state = state;
  }

  get now(): State {
    return this.#state;
  }

  set(patch: Partial<State>): void {
    const before = this.#state;
    this.#state = { ...before, ...patch };
    for (const listener of this.#listeners) listener(this.#state, before);
  }

  /** Calls back after each change; returns how to stop. */
  subscribe(listener: (now: State, before: State) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
