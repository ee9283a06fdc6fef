import { html, nothing } from 'lit';
import { type SummaryLine, summaryLines } from '../app/summary.ts';
import { count, type Key, metres } from '../i18n/index.ts';
import { Part } from './part.ts';
import { swatch } from './swatch.ts';

/** Legend, switch and counts of each layer, in one table. */
class SiseolSummary extends Part {
  override render() {
    const { answer, collections, lang } = this.state;
    const lines = summaryLines(
      collections,
      answer?.facilities ?? null,
      lang,
      answer?.question?.layer,
    );
    return html`<table class="summary" id="summary">
      <caption class="visually-hidden">${this.t('summary_caption')}</caption>
      <thead><tr>
        <th scope="col">${this.t('column_layer')}</th>
        <th scope="col" class="number">${this.t('column_count')}</th>
        <th scope="col" class="number">${this.t('column_length')}</th>
      </tr></thead>
      ${lines.map((line) => this.layer(line))}
    </table>`;
  }

  private layer(line: SummaryLine) {
    const { lang, hidden, mapMissing } = this.state;
    const { id, siseol } = line.collection;
    const note = this.note(id);
    return html`<tbody data-layer=${id} class=${line.count ? '' : 'none'}>
      <tr>
        <th scope="row">
          <label class="layer">
            ${
              siseol.geometry === 'none' || mapMissing
                ? html`<span class="no-switch"></span>`
                : html`<input type="checkbox" .checked=${!hidden.has(id)}
                    aria-label=${this.t('show_layer', { layer: line.label })}
                    @change=${() => this.controller?.toggleLayer(id)} />`
            }
            ${swatch(line.collection)}
            <span>${line.label}${note ? html`<small data-note=${note}>${this.t(note)}</small>` : nothing}</span>
          </label>
        </th>
        <td class="number">${line.count === null ? '–' : count(lang, line.count)}</td>
        <td class="number muted">${line.lengthM === null ? '' : metres(lang, line.lengthM)}</td>
      </tr>
      ${line.classes.map(
        (c) => html`<tr class="class" data-class=${c.code}>
          <th scope="row"><span>${c.label}</span></th>
          <td class="number">${count(lang, c.count)}</td><td></td>
        </tr>`,
      )}
    </tbody>`;
  }

  private note(id: string): Key | null {
    switch (this.state.layers[id]) {
      case 'zoom-in':
        return 'zoom_in';
      case 'failed':
        return 'layer_failed';
      case 'unmapped':
        return 'not_on_map';
      default:
        return null;
    }
  }
}

customElements.define('siseol-summary', SiseolSummary);
