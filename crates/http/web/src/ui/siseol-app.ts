import { html, nothing, type PropertyValues } from 'lit';
import type { Controller } from '../app/controller.ts';
import { answerText } from '../app/questions.ts';
import { time } from '../i18n/index.ts';
import type { Store } from '../state/store.ts';
import { home, minus, plus, warning } from './icons.ts';
import { Part } from './part.ts';
import './siseol-answer.ts';
import './siseol-header.ts';
import './siseol-identify.ts';
import './siseol-live.ts';
import './siseol-questions.ts';
import './siseol-search.ts';
import './siseol-tabs.ts';
import './siseol-token.ts';

/** The frame: header, panel, map. */
class SiseolApp extends Part {
  static override properties = { ...Part.properties, sheet: { state: true } };
  declare private sheet: boolean;
  #store: Store | null = null;
  #restart: () => Promise<void> = async () => {};

  constructor() {
    super();
    this.sheet = true;
  }

  connect(store: Store, controller: Controller, restart: () => Promise<void>): void {
    this.#store = store;
    this.#restart = restart;
    this.controller = controller;
    this.state = store.now;
    store.subscribe((now) => {
      this.state = now;
    });
  }

  askToken(): Promise<string> {
    return this.querySelector('siseol-token')?.ask() ?? Promise.reject(new Error('not drawn yet'));
  }

  override render() {
    const { state, controller } = this;
    return html`
      <a class="skip" href="#results" @click=${this.skip}>${this.t('skip')}</a>
      <header class="masthead"><siseol-header .state=${state} .controller=${controller}></siseol-header></header>
      ${state.gone ? this.stale(state.gone) : nothing}
      <main data-sheet=${this.sheet ? 'open' : 'folded'} @restart=${() => void this.#restart()}>
        <div class="panel">
          <button type="button" class="grip" aria-expanded=${this.sheet ? 'true' : 'false'}
            @click=${() => this.fold()}><span class="visually-hidden">
            ${this.t(this.sheet ? 'sheet_close' : 'sheet_open')}</span></button>
          <div class="scroll">
            <siseol-answer .state=${state} .controller=${controller}></siseol-answer>
            <siseol-search .state=${state} .controller=${controller}></siseol-search>
            <siseol-tabs .state=${state} .controller=${controller}></siseol-tabs>
            <p class="foot"><a href="licenses/packages.txt" target="_blank" rel="noopener">${this.t('licences')}</a></p>
          </div>
          <siseol-live .state=${state} .controller=${controller}></siseol-live>
        </div>
        <div class="stage">
          <div id="map"></div>
          ${state.mapMissing ? html`<p class="map-missing" role="status">${this.t('map_missing')}</p>` : nothing}
          <div class="progress" ?hidden=${!state.mapBusy && !state.searching}></div>
          <siseol-questions .state=${state} .controller=${controller}></siseol-questions>
          ${state.mapMissing ? nothing : this.tools()}
          <siseol-identify .state=${state} .controller=${controller}></siseol-identify>
        </div>
      </main>
      <p class="visually-hidden" role="status" aria-live="polite" id="live">
        ${state.answer && !state.searching ? answerText(state.answer, this.context) : nothing}</p>
      <siseol-token .state=${state} .controller=${controller}
        @token=${() => this.#store?.set({ token: null })}></siseol-token>`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    const { lang, root } = this.state;
    document.documentElement.lang = lang;
    document.title = root ? `${root.title} · ${this.t('tagline')}` : this.t('tagline');
    // The library names its canvas once, in its own words; the language may change after.
    this.querySelector('.maplibregl-canvas')?.setAttribute('aria-label', this.t('map'));
    const selection = changed.get('state')?.selection;
    if (this.state.selection && !selection) this.sheet = true;
  }

  private stale(since: Date) {
    return html`<div class="banner" id="gone" role="alert">${warning}
      <span>${this.t('gone', { time: time(this.state.lang, since) })}</span>
      <button type="button" @click=${() => void this.reconnect()}>${this.t('retry')}</button></div>`;
  }

  private tools() {
    const map = () => this.controller?.map?.map;
    return html`<div class="tools">
      <button type="button" aria-label=${this.t('zoom_in_button')} @click=${() => map()?.zoomIn()}>${plus}</button>
      <button type="button" aria-label=${this.t('zoom_out_button')} @click=${() => map()?.zoomOut()}>${minus}</button>
      <button type="button" aria-label=${this.t('home_button')} @click=${() => this.controller?.goHome()}>${home}</button>
    </div>`;
  }

  private async reconnect(): Promise<void> {
    await (this.state.search ? this.controller?.catchUp() : this.#restart());
  }

  private fold(): void {
    this.sheet = !this.sheet;
  }

  /** A jump by address would overwrite the permalink. */
  private skip(event: Event): void {
    event.preventDefault();
    this.querySelector<HTMLElement>('#results')?.focus();
  }
}

customElements.define('siseol-app', SiseolApp);

declare global {
  interface HTMLElementTagNameMap {
    'siseol-app': SiseolApp;
  }
}
