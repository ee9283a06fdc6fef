import { html, nothing } from 'lit';
import { keyed } from 'lit/directives/keyed.js';
import { repeat } from 'lit/directives/repeat.js';
import type { Feature } from '../api/types.ts';
import { distanceOf, isSame, kindOf, layerOf, nameOf } from '../app/describe.ts';
import { collectionOf } from '../app/questions.ts';
import { openOf } from '../app/selection.ts';
import { count, metres } from '../i18n/index.ts';
import { Part } from './part.ts';
import { swatch } from './swatch.ts';

const SHOWN = 100;

/** The answer as a table, nearest first: the twin of the map for those who cannot use it. */
class SiseolList extends Part {
  override render() {
    const { answer, lang } = this.state;
    if (!answer) return nothing;
    const shown = answer.facilities.features.slice(0, SHOWN);
    if (shown.length === 0) return html`<p class="empty" id="empty">${this.t('list_empty')}</p>`;
    const words = {
      shown: count(lang, shown.length),
      total: count(lang, answer.facilities.numberMatched),
    };
    // A new search is a new table, so that it starts at its top; an answer that the register changed is the same one.
    return keyed(
      answer.search,
      html`<table class="list" id="list">
        <caption>${this.t('list_caption', words)}</caption>
        <thead><tr>
          <th scope="col">${this.t('column_layer')}</th>
          <th scope="col">${this.t('column_name')}</th>
          <th scope="col" class="number">${this.t('column_distance')}</th>
        </tr></thead>
        <tbody>${repeat(
          shown,
          (feature) => `${layerOf(feature)}/${feature.id}`,
          (feature) => this.row(feature),
        )}</tbody>
      </table>`,
    );
  }

  private row(feature: Feature) {
    const { lang, selection } = this.state;
    const collection = collectionOf(this.context, layerOf(feature));
    const open = openOf(selection);
    const chosen = open !== null && isSame(open, feature);
    return html`<tr data-fid=${feature.id} class=${chosen ? 'chosen' : ''}
        @click=${() => this.controller?.showListed(feature)}>
      <td><span class="kind">${swatch(collection)}${kindOf(feature, collection, lang)}</span></td>
      <th scope="row"><button type="button" class="link" aria-expanded=${chosen ? 'true' : 'false'}>
        ${nameOf(feature, collection)}</button></th>
      <td class="number">${metres(lang, distanceOf(feature) ?? 0)}</td>
    </tr>`;
  }
}

customElements.define('siseol-list', SiseolList);
