import { html, nothing } from 'lit';
import { newsLine, newsWords } from '../app/news.ts';
import { Part } from './part.ts';

/** Whether changes of the register arrive, and the last that did: seen as a short line, heard in words. */
class SiseolLive extends Part {
  override render() {
    const { live, news } = this.state;
    return html`<div class="live" data-live=${live}>
      <span class="live-state">${this.t(`live_${live}`)}</span>
      <span class="news" id="news" aria-hidden="true">${news ? newsLine(news, this.context) : nothing}</span>
      <span class="visually-hidden" role="status" aria-live="polite" id="news-words">
        ${news ? newsWords(news, this.context) : nothing}</span>
    </div>`;
  }
}

customElements.define('siseol-live', SiseolLive);
