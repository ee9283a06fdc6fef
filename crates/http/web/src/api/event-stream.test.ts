import { describe, expect, it } from 'vitest';
import { EventStream, type StreamEvent } from './event-stream.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

/** Reads a stream that comes in these pieces. */
function read(...pieces: (string | Uint8Array)[]) {
  const stream = new EventStream();
  const events = pieces.flatMap((p) => stream.push(typeof p === 'string' ? bytes(p) : p));
  return { events, lastId: stream.lastId, retry: stream.retry };
}

const message = (data: string): StreamEvent => ({ type: 'message', data });

const CITY = [
  '\ufeffretry: 2000\r\n\r\n',
  ': 안녕\r\n\r\n',
  'event: state\r\nid: 3-0123456789abcdef\r\ndata: {"layer":"상수관로 🚰",\r\ndata:"n":1}\r\n\r\n',
  'id: 4-0123456789abcdef\ndata: 둘\n\n',
  'data: 셋\r\r',
  'event: state\ndata: not ended',
].join('');
const CITY_READ = {
  events: [
    { type: 'state', data: '{"layer":"상수관로 🚰",\n"n":1}' },
    message('둘'),
    message('셋'),
  ],
  lastId: '4-0123456789abcdef',
  retry: 2000,
};

describe('a stream of events', () => {
  it('is read whole', () => {
    expect(read(CITY)).toEqual(CITY_READ);
  });

  it('is the same wherever a piece ends', () => {
    const all = bytes(CITY);
    for (let at = 0; at <= all.length; at++) {
      expect(read(all.slice(0, at), all.slice(at)), `cut at ${at}`).toEqual(CITY_READ);
    }
  });

  it('is the same byte by byte, with empty pieces between', () => {
    const single = [...bytes(CITY)].flatMap((byte) => [Uint8Array.of(byte), new Uint8Array()]);
    expect(read(...single)).toEqual(CITY_READ);
  });

  it('takes LF, CR and CRLF for the end of a line, CRLF once', () => {
    expect(read('data: a\n\ndata: b\r\rdata: c\r\n\r\n').events).toEqual(
      ['a', 'b', 'c'].map(message),
    );
    expect(read('data: a\r', '\ndata: b\r\n', '\r', '\n').events).toEqual([message('a\nb')]);
  });

  it('does not wait for the LF that may follow a CR', () => {
    expect(read('data: a\r\n\r').events).toEqual([message('a')]);
  });

  it('keeps all but one leading space, and takes a bare field for an empty one', () => {
    expect(read('data:a\ndata:  b\ndata\ndata: :c\n\n').events).toEqual([message('a\n b\n\n:c')]);
    expect(read('data\n\n').events).toEqual([message('')]);
  });

  it('gives no event without data, and none of its type to the next', () => {
    expect(read('event: state\n\ndata: a\n\n').events).toEqual([message('a')]);
  });

  it('leaves out comments and fields that it does not know', () => {
    expect(read(': beat\n:\nwhat: x\n data: y\nData: z\ndata: a\n\n').events).toEqual([
      message('a'),
    ]);
  });

  it('knows an id once its event is complete, and keeps it for the events after', () => {
    expect(read('id: 1\ndata: a\n').lastId).toBeNull();
    expect(read('id: 1\ndata: a\n\nid: 2\ndata: b\n').lastId).toBe('1');
    expect(read('id: 1\ndata: a\n\ndata: b\n\n').lastId).toBe('1');
    expect(read('id: 1\n\n').lastId).toBe('1');
  });

  it('takes no id with a null in it, and no retry that is not a number', () => {
    expect(read('id: 1\ndata: a\n\nid: 2\0\ndata: b\n\n').lastId).toBe('1');
    expect(read('retry: 5\nretry: 1e3\nretry: -1\nretry\n\n').retry).toBe(5);
  });
});
