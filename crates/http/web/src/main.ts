import './styles/fonts.css';
import './styles/base.css';
import './styles/layout.css';
import './styles/identify.css';
import './styles/parts.css';
import './styles/related.css';
import './ui/siseol-app.ts';
import { Client } from './api/client.ts';
import { SessionTokens } from './api/tokens.ts';
import { linkAddress } from './app/address.ts';
import { Controller } from './app/controller.ts';
import { followRegister } from './app/follow.ts';
import { installHooks } from './app/hooks.ts';
import { MapView } from './map/map.ts';
import { FONT } from './map/style.ts';
import { Store } from './state/store.ts';

const app = document.querySelector('siseol-app');
if (!app) throw new Error('the page has no <siseol-app>');

const store = new Store();
const tokens = new SessionTokens((refused) => {
  store.set({ token: { refused } });
  return app.askToken();
});
// Relative to the page, so that a proxy may put it under any path.
const client = new Client(new URL('api/', document.baseURI), tokens, async (input, init) => {
  const response = await fetch(input, init);
  controller.health.heard();
  return response;
});
const controller = new Controller(store, client);

// The map draws its text once: a font that arrives later would leave Hangul as boxes.
const fonts = Promise.all(
  [400, 700].map((weight) => document.fonts.load(`${weight} 24px '${FONT}'`, '가A')),
).catch((error: unknown) => console.warn(error));

let starting: Promise<void> | null = null;

/** Once at a time: a person and the change feed may want it in the same moment. */
function start(): Promise<void> {
  starting ??= open().finally(() => {
    starting = null;
  });
  return starting;
}

async function open(): Promise<void> {
  await fonts;
  await controller.start(location.hash, (centre, zoom, hooks) => {
    const container = document.getElementById('map');
    if (!container) throw new Error('the page has no place for the map');
    return new MapView(container, centre, zoom, hooks);
  });
}

app.connect(store, controller, start);
await app.updateComplete;
const started = start();
installHooks(store, controller, started);
linkAddress(store, controller);
await started;
followRegister(store, client, controller, start);
