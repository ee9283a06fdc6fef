export interface StreamEvent {
  type: string;
  data: string;
}

/**
 * Reads a stream of server-sent events (WHATWG HTML, 9.2.6) piece by piece. A piece may end anywhere: within an event, within
 * a character, between CR and LF.
 */
export class EventStream {
  readonly #decoder = new TextDecoder();
  /** The line that has not ended yet. */
  #line = '';
  #afterCr = false;
  #type = '';
  #data: string[] = [];
  #id: string | null = null;
  #lastId: string | null = null;
  #retry: number | null = null;

  /** The id of the last event that came whole: after a cut the stream goes on from there. */
  get lastId(): string | null {
    return this.#lastId;
  }

  /** How many milliseconds the server wants to be left alone after a cut. */
  get retry(): number | null {
    return this.#retry;
  }

  /** The events that this piece completes. */
  push(piece: Uint8Array): StreamEvent[] {
    let text = this.#decoder.decode(piece, { stream: true });
    if (text === '') return [];
    const endsInCr = text.endsWith('\r');
    if (this.#afterCr && text.startsWith('\n')) text = text.slice(1);
    this.#afterCr = endsInCr;
    const lines = (this.#line + text).split(/\r\n|\n|\r/);
    this.#line = lines.pop() ?? '';
    return lines.flatMap((line) => this.#read(line) ?? []);
  }

  #read(line: string): StreamEvent | null {
    if (line === '') return this.#complete();
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') this.#type = value;
    else if (field === 'data') this.#data.push(value);
    else if (field === 'id' && !value.includes('\0')) this.#id = value;
    else if (field === 'retry' && /^[0-9]+$/.test(value)) this.#retry = Number(value);
    // All else is a comment, or a field of a later day.
    return null;
  }

  #complete(): StreamEvent | null {
    const [type, data] = [this.#type || 'message', this.#data];
    this.#lastId = this.#id;
    this.#type = '';
    this.#data = [];
    return data.length > 0 ? { type, data: data.join('\n') } : null;
  }
}
