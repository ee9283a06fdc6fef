import { html } from 'lit';
import type { Tab } from '../state/store.ts';
import './siseol-list.ts';
import './siseol-summary.ts';
import { Part } from './part.ts';

const TABS = [
  { id: 'summary', key: 'tab_summary' },
  { id: 'list', key: 'tab_list' },
] as const;

class SiseolTabs extends Part {
  override render() {
    const { tab } = this.state;
    return html`
      <div class="tabs" role="tablist" aria-label=${this.t('results')} @keydown=${this.key}>
        ${TABS.map(
          ({
            id,
            key,
          }) => html`<button type="button" role="tab" id="tab-${id}" aria-controls="panel-${id}"
            aria-selected=${id === tab ? 'true' : 'false'} tabindex=${id === tab ? 0 : -1}
            @click=${() => this.controller?.setTab(id)}>${this.t(key)}</button>`,
        )}
      </div>
      ${TABS.map(
        ({
          id,
        }) => html`<div role="tabpanel" id="panel-${id}" aria-labelledby="tab-${id}" ?hidden=${id !== tab}>
          ${
            id === 'summary'
              ? html`<siseol-summary .state=${this.state} .controller=${this.controller}></siseol-summary>`
              : html`<siseol-list .state=${this.state} .controller=${this.controller}></siseol-list>`
          }</div>`,
      )}`;
  }

  /** Arrow keys move between tabs, as the ARIA pattern wants. */
  private key(event: KeyboardEvent): void {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
    const other: Tab = this.state.tab === 'summary' ? 'list' : 'summary';
    event.preventDefault();
    this.controller?.setTab(other);
    this.querySelector<HTMLElement>(`#tab-${other}`)?.focus();
  }
}

customElements.define('siseol-tabs', SiseolTabs);
