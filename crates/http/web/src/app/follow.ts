import type { Client } from '../api/client.ts';
import { Feed } from '../api/feed.ts';
import { ServerGone } from '../api/problem.ts';
import type { Root, StateChange } from '../api/types.ts';
import type { Store } from '../state/store.ts';
import type { Controller } from './controller.ts';
import { Gather } from './gather.ts';
import { changedLayers, newsOf } from './news.ts';

/** A server that is started anew is back by then. Later than that, what is shown may be old, and the page says so. */
const PATIENT_TRIES = 3;

/** Keeps the page in step with the register: what the feed tells of is loaded, and the person is told in one line. */
export function followRegister(
  store: Store,
  client: Client,
  controller: Controller,
  restart: () => Promise<void>,
): void {
  /** Set while something may be shown that is not so any more, and nobody will tell of it again. */
  let behind = false;

  /** Null stands for changes that nobody told of. */
  const gather = new Gather<StateChange | null>(async (changes) => {
    const told = changes.filter((change) => change !== null);
    const all = behind || told.length < changes.length;
    behind = true;
    try {
      // A page that could not start yet, or had nothing to show, starts now.
      if (!store.now.search) await restart();
      else await (all ? loadAll() : load(told));
      behind = store.now.root === null;
    } catch (error) {
      controller.health.failed(error);
    }
  });

  const feed = new Feed((lastId, signal) => client.changes(lastId, signal), {
    opened: (resumed) => {
      store.set({ live: 'on' });
      if (behind || !resumed) gather.add(null);
    },
    heard: () => controller.health.heard(),
    changed: (change) => gather.add(change),
    lost: (error, tries) => {
      store.set({ live: 'reconnecting' });
      if (tries >= PATIENT_TRIES && error instanceof ServerGone) controller.health.failed(error);
    },
  });

  async function load(changes: StateChange[]): Promise<void> {
    const { root, collections, news } = store.now;
    const last = changes.at(-1);
    if (!root || !last) return;
    const { generation, stamp, time } = last;
    const siseol = { ...root.siseol, generation, stamp, timeStamp: time };
    store.set({ root: { ...root, siseol } });
    await controller.update(changedLayers(changes, collections));
    store.set({ news: newsOf(changes) ?? news });
  }

  async function loadAll(): Promise<void> {
    await controller.update(null);
    const time = store.now.root?.siseol.timeStamp ?? '';
    store.set({ news: { time, undo: false, layers: [] } });
  }

  /** Only a page that is looked at listens: a browser has few connections, and a server few streams. */
  function listen(): void {
    if (document.hidden) {
      feed.close();
      store.set({ live: 'connecting' });
    } else {
      feed.open();
    }
  }

  const { root } = store.now;
  if (root) feed.resumeFrom(stateId(root));
  listen();
  document.addEventListener('visibilitychange', listen);
  addEventListener('online', () => feed.hurry());
  store.subscribe((now, before) => {
    if (now.gone || !before.gone) return;
    feed.hurry();
    void controller.catchUp();
  });
}

/** The state that a document of the register was made from, as the change feed calls it. */
function stateId({ siseol }: Root): string {
  return `${siseol.generation}-${siseol.stamp.slice(0, 16)}`;
}
