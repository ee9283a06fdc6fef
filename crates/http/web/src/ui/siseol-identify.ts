import { html, nothing, type PropertyValues } from 'lit';
import { keyed } from 'lit/directives/keyed.js';
import type { Feature } from '../api/types.ts';
import {
  describe,
  distanceOf,
  facilityKey,
  isSame,
  kindOf,
  layerOf,
  nameOf,
} from '../app/describe.ts';
import { collectionOf } from '../app/questions.ts';
import { openOf } from '../app/selection.ts';
import { clock, count, label, metres } from '../i18n/index.ts';
import type { Selection } from '../state/store.ts';
import './siseol-related.ts';
import { fieldRow, missing } from './field-row.ts';
import { back, close } from './icons.ts';
import { Part } from './part.ts';
import { swatch } from './swatch.ts';

/** What a click found: one facility with its decoded fields, or the list of those that overlap. */
class SiseolIdentify extends Part {
  /** Where the keyboard was before, to go back there on closing. */
  #from: Element | null = null;

  override render() {
    const { selection } = this.state;
    if (!selection) return nothing;
    const feature = openOf(selection);
    return html`<section class="identify" id="identify" role="region"
      aria-label=${this.t('identify')} @keydown=${this.key}>
      ${
        feature
          ? // Another feature begins at its top, with its lists folded.
            keyed(`${layerOf(feature)}/${feature.id}`, this.one(feature, selection))
          : this.many(selection)
      }
    </section>`;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (this.state.selection && changed.get('state')?.selection === null) {
      this.#from = document.activeElement;
    }
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (!changed.has('state')) return;
    const before = changed.get('state')?.selection;
    const now = this.state.selection;
    const [was, is] = [openOf(before), openOf(now)];
    const other = was && is && !isSame(was, is);
    if (now && (before === null || before?.open !== now.open || other))
      this.querySelector('h2')?.focus({ preventScroll: true });
    if (!now && before && this.#from instanceof HTMLElement) {
      this.#from.focus();
      this.#from = null;
    }
  }

  private many({ features, at }: Selection) {
    const title = this.t('overlapping', { count: count(this.state.lang, features.length) });
    return html`${this.head(title, null)}
      <ul class="overlaps">
        ${features.map((feature, index) => {
          const collection = collectionOf(this.context, layerOf(feature));
          return html`<li><button type="button" class="way" data-index=${index}
            @click=${() => this.controller?.open(index)}>
            ${swatch(collection)}<span>${kindOf(feature, collection, this.state.lang)}</span>
            <b>${nameOf(feature, collection)}</b></button></li>`;
        })}
      </ul>
      ${at ? this.searchHere(at) : nothing}`;
  }

  private one(feature: Feature, selection: Selection) {
    const { lang, schemas } = this.state;
    const fate = selection.fates.get(selection.open ?? -1);
    const collection = collectionOf(this.context, layerOf(feature));
    const distance = distanceOf(feature);
    const kind = label(lang, collection?.siseol.label, layerOf(feature));
    const rows = describe(feature, schemas[layerOf(feature)], lang);
    const noValue = this.t('no_value');
    return html`${this.head(nameOf(feature, collection), selection.features.length > 1 ? back : null)}
      <p class="kind-line">${swatch(collection)}<strong>${kindOf(feature, collection, lang)}</strong>
        ${distance === null ? nothing : html`<span>${metres(lang, distance)}</span>`}</p>
      <p class="fate" role="status" data-fate=${fate?.kind ?? nothing}>
        ${fate ? this.t(`fate_${fate.kind}`, { time: clock(lang, fate.time) }) : nothing}</p>
      <div class="fields" tabindex="0" role="group" aria-label=${this.t('identify')}>
        <table id="fields">
          <thead class="visually-hidden"><tr><th scope="col">${this.t('field')}</th>
            <th scope="col">${this.t('value')}</th></tr></thead>
          <tbody>
            <tr><th scope="row">${this.t('layer')}</th><td>${kind}</td></tr>
            <tr><th scope="row">${this.t('facility_key')}</th>
              <td>${facilityKey(feature) ?? missing(noValue)}</td></tr>
            ${rows.map((row) => fieldRow(row, noValue))}
          </tbody>
        </table>
        <siseol-related .state=${this.state} .controller=${this.controller}></siseol-related>
      </div>
      ${selection.at ? this.searchHere(selection.at) : nothing}`;
  }

  private head(title: string, goBack: typeof back | null) {
    return html`<header>
      ${
        goBack
          ? html`<button type="button" class="round" name="back" aria-label=${this.t('back_to_list')}
              @click=${() => this.controller?.open(null)}>${goBack}</button>`
          : nothing
      }
      <h2 tabindex="-1">${title}</h2>
      <button type="button" class="round" name="close" aria-label=${this.t('close')}
        @click=${() => this.controller?.deselect()}>${close}</button>
    </header>`;
  }

  private searchHere(at: readonly [number, number]) {
    const radius = this.state.search?.radius ?? 0;
    return html`<footer><button type="button" class="secondary" name="search-here"
      @click=${() => void this.controller?.search(at, radius)}>${this.t('search_here')}</button></footer>`;
  }

  private key(event: KeyboardEvent): void {
    if (event.key === 'Escape') this.controller?.deselect();
  }
}

customElements.define('siseol-identify', SiseolIdentify);
