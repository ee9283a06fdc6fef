import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Gather } from './gather.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Takes for `ms`; tells what was taken together. */
function taking(ms: number) {
  const taken: number[][] = [];
  const gather = new Gather<number>(async (things) => {
    taken.push(things);
    await new Promise((done) => setTimeout(done, ms));
  });
  return { taken, gather };
}

it('hands one thing over soon', async () => {
  const { taken, gather } = taking(0);
  gather.add(1);
  expect(taken).toEqual([]);
  await vi.advanceTimersByTimeAsync(250);
  expect(taken).toEqual([[1]]);
});

it('hands a burst over once', async () => {
  const { taken, gather } = taking(0);
  for (let i = 0; i < 20; i++) {
    gather.add(i);
    await vi.advanceTimersByTimeAsync(50);
  }
  await vi.advanceTimersByTimeAsync(500);
  expect(taken).toEqual([Array.from({ length: 20 }, (_, i) => i)]);
});

it('does not wait for ever for a burst to end', async () => {
  const { taken, gather } = taking(0);
  for (let i = 0; i < 100; i++) {
    gather.add(i);
    await vi.advanceTimersByTimeAsync(100);
  }
  await vi.advanceTimersByTimeAsync(500);
  expect(taken.length).toBeGreaterThan(3);
  expect(taken.length).toBeLessThan(10);
  expect(taken.flat()).toEqual(Array.from({ length: 100 }, (_, i) => i));
});

it('takes one thing at a time, and what came meanwhile in one go after it', async () => {
  const { taken, gather } = taking(5_000);
  gather.add(1);
  await vi.advanceTimersByTimeAsync(1_000);
  gather.add(2);
  await vi.advanceTimersByTimeAsync(1_000);
  gather.add(3);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(taken).toEqual([[1]]);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(taken).toEqual([[1], [2, 3]]);
});
