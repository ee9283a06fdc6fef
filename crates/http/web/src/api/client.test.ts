import { describe, expect, it } from 'vitest';
import { Client, facilitiesQuery } from './client.ts';
import { ApiProblem, ServerGone } from './problem.ts';

const BASE = new URL('http://city.test/map/api/');

function answering(...answers: (Response | Error)[]) {
  const asked: { url: string; token: string | null; headers: Headers }[] = [];
  let kept: string | null = null;
  const tokens = {
    get: () => kept,
    ask: async () => {
      kept = 'secret';
      return kept;
    },
  };
  const client = new Client(BASE, tokens, async (input, init) => {
    const headers = new Headers(init?.headers);
    asked.push({ url: String(input), token: headers.get('authorization'), headers });
    const answer = answers.shift();
    if (answer === undefined || answer instanceof Error)
      throw answer ?? new Error('no answer left');
    return answer;
  });
  return { client, asked };
}

const json = (body: unknown, status = 200) =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });

describe('client', () => {
  it('asks below the base, so that a path prefix works', async () => {
    const { client, asked } = answering(json({ features: [] }));
    await client.items('water pipe', [126.9, 37.3, 127.00000001, 37.4]);
    expect(asked[0]?.url).toBe(
      'http://city.test/map/api/collections/water%20pipe/items?bbox=126.9,37.3,127,37.4&limit=2000',
    );
  });

  it('turns problem+json into a problem with title and detail', async () => {
    const { client } = answering(json({ title: 'Bad radius', detail: 'radius: 0 < M' }, 400));
    const error = await client.facilities({ near: [1, 2], radius: 0 }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(ApiProblem);
    expect(error).toMatchObject({ status: 400, title: 'Bad radius', detail: 'radius: 0 < M' });
  });

  it('keeps the status when a refusal is no JSON', async () => {
    const { client } = answering(
      new Response('<html>', { status: 502, statusText: 'Bad Gateway' }),
    );
    await expect(client.root()).rejects.toMatchObject({ status: 502, title: 'Bad Gateway' });
  });

  it('says that the server is gone when nothing answers', async () => {
    const { client } = answering(new TypeError('failed to fetch'));
    await expect(client.root()).rejects.toBeInstanceOf(ServerGone);
  });

  it('lets an abort through as an abort', async () => {
    const { client } = answering(new DOMException('given up', 'AbortError'));
    await expect(client.root()).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('refuses an answer of another shape', async () => {
    const { client } = answering(json({ hello: 'world' }));
    await expect(client.collections()).rejects.toMatchObject({ title: 'Unexpected answer' });
  });

  it('asks for a token on 401 and repeats the request with it', async () => {
    const { client, asked } = answering(json({}, 401), json({ siseol: {} }));
    await client.root();
    expect(asked.map((a) => a.token)).toEqual([null, 'Bearer secret']);
  });

  it('knows a feature that is not there from one that cannot be told', async () => {
    const { client } = answering(json({ properties: {} }), json({}, 404), json({}, 503));
    expect(await client.item('hydrant', 7)).toEqual({ properties: {} });
    expect(await client.item('hydrant', 7)).toBeNull();
    await expect(client.item('hydrant', 7)).rejects.toMatchObject({ status: 503 });
  });

  it('asks what belongs with a feature', async () => {
    const { client, asked } = answering(json({ relations: [] }), json({}, 404), json({}));
    expect(await client.related('water pipe', 7)).toEqual({ relations: [] });
    expect(asked[0]?.url).toBe('http://city.test/map/api/collections/water%20pipe/items/7/related');
    expect(await client.related('hydrant', 7)).toBeNull();
    await expect(client.related('hydrant', 7)).rejects.toMatchObject({ status: 502 });
  });

  it('listens to changes from a state on, with the token', async () => {
    const stream = () =>
      new Response('data: x\n\n', { headers: { 'content-type': 'text/event-stream' } });
    const { client, asked } = answering(json({}, 401), stream(), stream());
    const { signal } = new AbortController();
    const body = await client.changes('3-0123456789abcdef', signal);
    expect(await new Response(body).text()).toBe('data: x\n\n');
    expect(asked.map((a) => a.token)).toEqual([null, 'Bearer secret']);
    expect(asked[1]?.url).toBe('http://city.test/map/api/changes?detail=states');
    expect(asked[1]?.headers.get('accept')).toBe('text/event-stream');
    expect(asked[1]?.headers.get('last-event-id')).toBe('3-0123456789abcdef');
    await client.changes(null, signal);
    expect(asked[2]?.headers.has('last-event-id')).toBe(false);
  });

  it('refuses changes that are no stream of events', async () => {
    const { client } = answering(new Response('<html>'));
    const { signal } = new AbortController();
    await expect(client.changes(null, signal)).rejects.toMatchObject({ status: 502 });
  });
});

it('writes only the parameters that were given', () => {
  expect(facilitiesQuery({ near: [126.9352, 37.3617], radius: 500 })).toBe(
    'near=126.9352,37.3617&radius=500&limit=100',
  );
  expect(facilitiesQuery({ near: [1, 2], limit: 1, layers: ['shelter', 'a&b'] })).toBe(
    'near=1,2&limit=1&layers=shelter,a%26b',
  );
});
