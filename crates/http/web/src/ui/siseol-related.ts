import { html, nothing, type TemplateResult } from 'lit';
import type { Feature, Related } from '../api/types.ts';
import { describe, facilityKey, kindOf, layerOf, nameOf } from '../app/describe.ts';
import { collectionOf } from '../app/questions.ts';
import { type Relatives, relativesOf } from '../app/relations.ts';
import { count, label } from '../i18n/index.ts';
import { fieldRow } from './field-row.ts';
import { forward } from './icons.ts';
import { Part } from './part.ts';
import { swatch } from './swatch.ts';

/** So much of a list is shown at first. */
const FIRST = 5;

/** What belongs with the open feature: buttons that lead to facilities, and records with what they say. */
class SiseolRelated extends Part {
  static override properties = { ...Part.properties, whole: { state: true } };
  /** The lists that are shown to their end. */
  declare private whole: ReadonlySet<string>;

  constructor() {
    super();
    this.whole = new Set();
  }

  override render() {
    const { related } = this.state;
    if (related === null) return nothing;
    return html`<section id="related" aria-label=${this.t('related')}
      aria-busy=${related === 'loading' ? 'true' : 'false'}>${this.content(related)}</section>`;
  }

  private content(related: Related | 'loading' | 'failed') {
    if (related === 'loading') return nothing;
    if (related === 'failed') return this.failure();
    const { numberMatched, features } = related;
    if (features.length === 0) return html`<p class="note">${this.t('related_none')}</p>`;
    const words = {
      total: count(this.state.lang, numberMatched),
      shown: count(this.state.lang, features.length),
    };
    return html`${relativesOf(related).map((relatives) => this.block(relatives))}
      ${
        numberMatched > features.length
          ? html`<p class="note">${this.t('related_part', words)}</p>`
          : nothing
      }`;
  }

  private failure() {
    return html`<p class="note" role="status">${this.t('related_failed')}
      <button type="button" class="quiet" name="retry-related"
        @click=${() => this.retry()}>${this.t('retry')}</button></p>`;
  }

  private block({ id, label: title, features }: Relatives) {
    return html`<h3>${label(this.state.lang, title)}</h3>
      <ul>${this.first(id, features).map(
        (feature) =>
          html`<li>${feature.geometry ? this.facility(feature) : this.record(feature)}</li>`,
      )}</ul>
      ${this.more(id, features, 'more_rows')}`;
  }

  private facility(feature: Feature) {
    return html`<button type="button" class="way" data-layer=${layerOf(feature)} data-fid=${feature.id}
      @click=${() => this.controller?.showListed(feature)}>${this.heading(feature)}${forward}</button>`;
  }

  private record(feature: Feature) {
    const { lang, schemas } = this.state;
    const id = `${layerOf(feature)}/${feature.id}`;
    const rows = describe(feature, schemas[layerOf(feature)], lang).filter((r) => r.value !== null);
    return html`<table data-layer=${layerOf(feature)} data-fid=${feature.id}>
        <caption>${this.heading(feature)}</caption>
        <tbody>${this.first(id, rows).map((row) => fieldRow(row, this.t('no_value')))}</tbody>
      </table>
      ${this.more(id, rows, 'more_fields')}`;
  }

  /** Its kind and name; and its key, which tells it from others of the same name. */
  private heading(feature: Feature): TemplateResult {
    const collection = collectionOf(this.context, layerOf(feature));
    const [name, key] = [nameOf(feature, collection), facilityKey(feature)];
    return html`${swatch(collection)}<span>${kindOf(feature, collection, this.state.lang)}</span>
      <b>${name}${key === null || key === name ? nothing : html` <small>${key}</small>`}</b>`;
  }

  private first<T>(id: string, all: readonly T[]): readonly T[] {
    return this.whole.has(id) ? all : all.slice(0, FIRST);
  }

  /** The button to the rest of a list, where there is one, and back. */
  private more(id: string, all: readonly unknown[], key: 'more_rows' | 'more_fields') {
    if (all.length <= FIRST) return nothing;
    const whole = this.whole.has(id);
    const rest = count(this.state.lang, all.length - FIRST);
    return html`<button type="button" class="quiet" data-list=${id}
      aria-expanded=${whole ? 'true' : 'false'} @click=${() => this.toggle(id)}>
      ${whole ? this.t('less') : this.t(key, { count: rest })}</button>`;
  }

  /** The button goes, and the keyboard stays in the panel. */
  private retry(): void {
    this.closest<HTMLElement>('.fields')?.focus({ preventScroll: true });
    this.controller?.retryRelated();
  }

  private toggle(id: string): void {
    const whole = new Set(this.whole);
    if (!whole.delete(id)) whole.add(id);
    this.whole = whole;
  }
}

customElements.define('siseol-related', SiseolRelated);
