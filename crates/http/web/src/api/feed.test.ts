import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Feed } from './feed.ts';
import { ApiProblem, ServerGone } from './problem.ts';
import type { StateChange } from './types.ts';

/** A server whose connections the test holds, and what its listener is told. */
function setUp() {
  const asked: (string | null)[] = [];
  const told: string[] = [];
  const refusals: Error[] = [];
  let stream: ReadableStreamDefaultController<Uint8Array> | null = null;
  const feed = new Feed(
    async (lastId, signal) => {
      asked.push(lastId);
      const refusal = refusals.shift();
      if (refusal) throw refusal;
      return new ReadableStream({
        start(controller) {
          stream = controller;
          signal.addEventListener('abort', () => controller.error(signal.reason));
        },
      });
    },
    {
      opened: (resumed) => told.push(resumed ? 'resumed' : 'opened'),
      heard: () => {},
      changed: (change) => told.push(`state ${change.generation}`),
      lost: (error, tries) => told.push(`${error.name} ${tries}`),
    },
  );
  const send = async (text: string) => {
    stream?.enqueue(new TextEncoder().encode(text));
    await vi.advanceTimersByTimeAsync(0);
  };
  const state = (generation: number) => {
    const change: Partial<StateChange> = { generation };
    return send(
      `event: state\nid: ${generation}-0123456789abcdef\ndata: ${JSON.stringify(change)}\n\n`,
    );
  };
  const cut = async () => {
    stream?.close();
    await vi.advanceTimersByTimeAsync(0);
  };
  return { feed, asked, told, refusals, send, state, cut };
}

const wait = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const gone = () => new ServerGone('down');

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(Math, 'random').mockReturnValue(0);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

it('tells of each state, and of nothing else', async () => {
  const { feed, told, send, state } = setUp();
  feed.open();
  await send('retry: 2000\n\n: beat\n\n');
  await state(3);
  await send('event: change\ndata: {"generation":9}\n\ndata: {"generation":9}\n\n');
  await state(4);
  expect(told).toEqual(['opened', 'state 3', 'state 4']);
});

it('goes on after the last state when the stream was cut', async () => {
  const { feed, asked, told, state, cut } = setUp();
  feed.resumeFrom('2-0123456789abcdef');
  feed.open();
  await state(3);
  await cut();
  expect(asked).toEqual(['2-0123456789abcdef']);
  await wait(2_000);
  await state(4);
  expect(asked).toEqual(['2-0123456789abcdef', '3-0123456789abcdef']);
  expect(told).toEqual(['resumed', 'state 3', 'ServerGone 1', 'resumed', 'state 4']);
});

it('goes on from where it began when it was cut before anything happened', async () => {
  const { feed, asked, told, send, cut } = setUp();
  feed.open();
  await send('retry: 2000\nid: 3-0123456789abcdef\n\n');
  await cut();
  await wait(2_000);
  expect(asked).toEqual([null, '3-0123456789abcdef']);
  expect(told).toEqual(['opened', 'ServerGone 1', 'resumed']);
});

it('waits as long as the server says, then longer and longer, but not for ever', async () => {
  const { feed, asked, told, refusals, send, cut } = setUp();
  feed.open();
  await send('retry: 1000\n\n');
  await cut();
  refusals.push(...Array.from({ length: 9 }, gone));
  const waits: number[] = [];
  for (let i = 0; i < 9; i++) {
    const before = asked.length;
    let waited = 0;
    while (asked.length === before) {
      await wait(500);
      waited += 500;
    }
    waits.push(waited);
  }
  expect(waits).toEqual([1, 2, 4, 8, 16, 20, 20, 20, 20].map((s) => s * 1000));
  expect(told.at(-1)).toBe('ServerGone 10');
  await wait(20_000);
  await cut();
  expect(told.slice(-2)).toEqual(['opened', 'ServerGone 1']);
});

it('leaves part of the wait to chance, and stays below half a minute', async () => {
  const { feed, asked, refusals } = setUp();
  vi.spyOn(Math, 'random').mockReturnValue(0.999);
  refusals.push(...Array.from({ length: 20 }, gone));
  feed.open();
  await wait(2_500);
  expect(asked).toHaveLength(1);
  await wait(500);
  expect(asked).toHaveLength(2);
  await wait(200_000);
  const before = asked.length;
  await wait(30_000);
  expect(asked).toHaveLength(before + 1);
});

it('starts again at once, without an id, where the register does not know its state', async () => {
  const { feed, asked, told, refusals } = setUp();
  feed.resumeFrom('7-0123456789abcdef');
  refusals.push(new ApiProblem(410, 'Gone', ''));
  feed.open();
  await wait(0);
  expect(asked).toEqual(['7-0123456789abcdef', null]);
  expect(told).toEqual(['opened']);
});

it('does not hammer a server that says 410 to everything', async () => {
  const { feed, asked, refusals } = setUp();
  refusals.push(...Array.from({ length: 9 }, () => new ApiProblem(410, 'Gone', '')));
  feed.open();
  await wait(1_900);
  expect(asked).toHaveLength(1);
});

it('takes a connection that is silent for long to be dead; a heartbeat is enough to keep it', async () => {
  const { feed, asked, told, send } = setUp();
  feed.open();
  for (let i = 0; i < 10; i++) {
    await wait(15_000);
    await send(': beat\n\n');
  }
  expect(asked).toHaveLength(1);
  await wait(50_000);
  expect(told.slice(0, 3)).toEqual(['opened', 'ServerGone 1', 'opened']);
});

it('is quiet when it is closed, and goes on where it was when it is opened again', async () => {
  const { feed, asked, told, state, cut } = setUp();
  feed.open();
  await state(3);
  feed.close();
  await wait(300_000);
  expect(told).toEqual(['opened', 'state 3']);
  feed.open();
  feed.open();
  await wait(0);
  expect(asked).toEqual([null, '3-0123456789abcdef']);
  await cut();
  feed.close();
  await wait(300_000);
  expect(asked).toHaveLength(2);
});

it('can be hurried while it waits', async () => {
  const { feed, asked, refusals } = setUp();
  refusals.push(gone(), gone());
  feed.open();
  await wait(0);
  feed.hurry();
  await wait(0);
  expect(asked).toHaveLength(2);
  feed.hurry();
  feed.hurry();
  await wait(0);
  expect(asked).toHaveLength(3);
});
