import { ApiProblem, isAbort, readProblem, ServerGone } from './problem.ts';
import type {
  Bbox,
  Collection,
  Facilities,
  Feature,
  Items,
  LonLat,
  Related,
  Root,
  Schema,
} from './types.ts';

/** Most features of one layer that the map draws; more than that says "zoom in". */
export const VIEW_LIMIT = 2000;
const PATIENCE_MS = 30_000;

export interface FacilitiesQuery {
  near: LonLat;
  /** Metres; without it, the nearest `limit` however far. */
  radius?: number;
  layers?: readonly string[];
  limit?: number;
}

/** Where the token is kept, and how a person is asked for it. */
export interface Tokens {
  get(): string | null;
  /** Resolves with a new token; `refused` when the one just sent was not accepted. */
  ask(refused: boolean): Promise<string>;
}

interface Wish {
  headers: Record<string, string>;
  cache?: RequestCache;
  signal?: AbortSignal | undefined;
  /** For how long an answer may take, to its last byte. */
  patienceMs?: number;
}

export class Client {
  readonly #base: URL;
  readonly #tokens: Tokens;
  readonly #fetch: typeof fetch;

  constructor(base: URL, tokens: Tokens, fetcher: typeof fetch = (i, o) => fetch(i, o)) {
    this.#base = base;
    this.#tokens = tokens;
    this.#fetch = fetcher;
  }

  root(signal?: AbortSignal): Promise<Root> {
    return this.#get('?f=json', 'siseol', signal);
  }

  async collections(signal?: AbortSignal): Promise<Collection[]> {
    const body = await this.#get<{ collections: Collection[] }>(
      'collections?f=json',
      'collections',
      signal,
    );
    return body.collections;
  }

  schema(id: string, signal?: AbortSignal): Promise<Schema> {
    return this.#get(`collections/${encodeURIComponent(id)}/schema?f=json`, 'properties', signal);
  }

  items(id: string, bbox: Bbox, signal?: AbortSignal): Promise<Items> {
    const query = `bbox=${bbox.map(degrees).join(',')}&limit=${VIEW_LIMIT}`;
    return this.#get(`collections/${encodeURIComponent(id)}/items?${query}`, 'features', signal);
  }

  facilities(query: FacilitiesQuery, signal?: AbortSignal): Promise<Facilities> {
    return this.#get(`facilities?${facilitiesQuery(query)}`, 'summary', signal);
  }

  /** Null when the register has no such feature, or none any more. */
  item(id: string, fid: number, signal?: AbortSignal): Promise<Feature | null> {
    return orMissing(this.#get<Feature>(itemPath(id, fid), 'properties', signal));
  }

  /** Null when the register has no such feature, or none any more. */
  related(id: string, fid: number, signal?: AbortSignal): Promise<Related | null> {
    return orMissing(this.#get<Related>(`${itemPath(id, fid)}/related`, 'relations', signal));
  }

  /** The stream of the states that the register comes to: after the event of that id, or from now on. */
  async changes(lastId: string | null, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    const resumed = lastId === null ? {} : { 'Last-Event-ID': lastId };
    const headers = { Accept: 'text/event-stream', ...resumed };
    // A refusal to go on from one state says nothing of any other.
    const wish: Wish = { headers, cache: 'no-store', signal };
    const response = await this.#ask('changes?detail=states', wish);
    const type = response.headers.get('Content-Type') ?? '';
    if (!response.body || !type.startsWith('text/event-stream')) {
      throw unexpected(response, 'a stream of events');
    }
    return response.body;
  }

  /** GET and decode; `key` must be there, else the answer is not of this API and is said to be so. */
  async #get<T extends object>(path: string, key: keyof T & string, signal?: AbortSignal) {
    const headers = { Accept: 'application/geo+json, application/json' };
    const response = await this.#ask(path, { headers, signal, patienceMs: PATIENCE_MS });
    return await decode<T>(response, key);
  }

  /** Resolves with what the server grants. */
  async #ask(path: string, wish: Wish): Promise<Response> {
    for (let token = this.#tokens.get(); ; ) {
      const response = await this.#send(path, token, wish);
      if (response.ok) return response;
      if (response.status !== 401) throw await readProblem(response);
      // Another request may have asked in the meantime: try that answer before asking again.
      const kept = this.#tokens.get();
      token = kept !== token && kept !== null ? kept : await this.#tokens.ask(token !== null);
    }
  }

  async #send(path: string, token: string | null, wish: Wish): Promise<Response> {
    const { cache = 'default' } = wish;
    const headers = { ...wish.headers };
    if (token !== null) headers['Authorization'] = `Bearer ${token}`;
    const signals = wish.signal ? [wish.signal] : [];
    if (wish.patienceMs !== undefined) signals.push(AbortSignal.timeout(wish.patienceMs));
    try {
      return await this.#fetch(new URL(path, this.#base), {
        cache,
        headers,
        signal: AbortSignal.any(signals),
      });
    } catch (error) {
      if (isAbort(error)) throw error;
      throw new ServerGone(error);
    }
  }
}

async function decode<T extends object>(response: Response, key: keyof T & string): Promise<T> {
  let body: T;
  try {
    body = await response.json();
  } catch (error) {
    if (isAbort(error)) throw error;
    throw new ServerGone(error);
  }
  if (typeof body !== 'object' || body === null || !(key in body)) {
    throw unexpected(response, `"${key}"`);
  }
  return body;
}

function itemPath(id: string, fid: number): string {
  return `collections/${encodeURIComponent(id)}/items/${fid}`;
}

async function orMissing<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 404) return null;
    throw error;
  }
}

/** Some other server, a proxy perhaps, has answered. */
function unexpected(response: Response, missing: string): ApiProblem {
  return new ApiProblem(502, 'Unexpected answer', `no ${missing} in ${response.url}`);
}

export function facilitiesQuery(query: FacilitiesQuery): string {
  const parts = [`near=${query.near.map(degrees).join(',')}`];
  if (query.radius !== undefined) parts.push(`radius=${query.radius}`);
  parts.push(`limit=${query.limit ?? 100}`);
  if (query.layers) parts.push(`layers=${query.layers.map(encodeURIComponent).join(',')}`);
  return parts.join('&');
}

/** Seven decimals are a centimetre: finer than any click, and the address stays readable. */
function degrees(value: number): string {
  return String(Number(value.toFixed(7)));
}
