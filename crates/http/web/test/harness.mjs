// Opens the page in a browser and counts what holds. Whatever goes wrong beside the checks is a failure of its own.
import { chromium } from 'playwright-core';

const WAIT_MS = 60_000;
const ARGS = [
  '--no-sandbox', // browsers refuse to run as root without it
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-extensions',
  '--no-first-run',
];

export class Harness {
  passed = 0;
  failed = 0;
  /** Set while requests are meant to fail. */
  tolerant = false;
  #browsers = [];

  constructor(base) {
    this.base = new URL(base).href;
  }

  check(what, ok, detail = '') {
    if (ok) this.passed++;
    else this.failed++;
    console.log(`${ok ? 'ok  ' : 'FAIL'} ${what}${ok || detail === '' ? '' : `: ${detail}`}`);
    return ok;
  }

  equal(what, found, wanted) {
    const [f, w] = [JSON.stringify(found), JSON.stringify(wanted)];
    return this.check(what, f === w, `${f} instead of ${w}`);
  }

  async browser(...more) {
    const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
    const browser = await chromium.launch({ executablePath, args: [...ARGS, ...more] });
    this.#browsers.push(browser);
    return browser;
  }

  /** A page at `hash`, ready; every error in it is recorded as a failure. */
  async open(
    browser,
    { viewport = { width: 1280, height: 800 }, hash = '', base = this.base, ready = true } = {},
  ) {
    const page = await browser.newPage({ viewport });
    const origin = new URL(base).origin;
    page.on('pageerror', (error) => this.check('no error in the page', false, error.message));
    page.on('dialog', (dialog) => {
      this.check('no dialog', false, dialog.message());
      dialog.dismiss();
    });
    page.on('request', (request) => {
      const url = new URL(request.url());
      const own = url.origin === origin || url.protocol === 'blob:' || url.protocol === 'data:';
      if (!own) this.check('no request to another origin', false, url.href);
    });
    page.on('requestfailed', (request) => {
      const why = request.failure()?.errorText ?? '';
      // The page gives up what it no longer wants.
      if (why === 'net::ERR_ABORTED' || this.tolerant) return;
      this.check('no failed request', false, `${request.url()} ${why}`);
    });
    page.on('console', (message) => {
      if (message.type() !== 'error' || this.tolerant) return;
      this.check('no error on the console', false, message.text());
    });
    await page.goto(base + hash);
    if (ready) await page.waitForFunction(() => window.siseol?.isReady, null, { timeout: WAIT_MS });
    return page;
  }

  async close() {
    for (const browser of this.#browsers) await browser.close();
    console.log(`${this.passed} passed, ${this.failed} failed`);
    return this.failed === 0 ? 0 : 1;
  }
}

export const idle = (page) => page.evaluate(() => window.siseol.idle());
export const text = async (page, selector) =>
  (await page.locator(selector).first().innerText()).trim();
export const answer = (page) => page.evaluate(() => window.siseol.lastAnswer);
export const number = (lang, value) =>
  new Intl.NumberFormat(lang === 'ko' ? 'ko-KR' : 'en-GB').format(value);

/** How many different features of a source are rendered. */
export const rendered = (page, source) =>
  page.evaluate((source) => {
    const found = window.siseol.map.queryRenderedFeatures().filter((f) => f.source === source);
    return new Set(found.map((f) => f.id ?? JSON.stringify(f.geometry))).size;
  }, source);

/** The API as the page itself would ask it. */
export const api = (page, path) =>
  page.evaluate(
    async (path) => (await fetch(new URL(`api/${path}`, document.baseURI))).json(),
    path,
  );
