import { html, nothing } from 'lit';
import { answerText, homeOf, placeOf } from '../app/questions.ts';
import { writeLonLat } from '../geo/coordinates.ts';
import { type Key, time } from '../i18n/index.ts';
import { warning } from './icons.ts';
import { Part } from './part.ts';

/** The answer as a heading; and instead of it, that it is being fetched or why it failed. */
class SiseolAnswer extends Part {
  override render() {
    const { problem } = this.state;
    return html`<section class="answer" aria-busy=${this.state.searching ? 'true' : 'false'}>
      <h2 id="results" tabindex="-1" class="visually-hidden">${this.t('results')}</h2>
      ${problem ? this.failure(problem.title, problem.detail) : this.found()}
    </section>`;
  }

  private found() {
    const { answer, lang } = this.state;
    if (!answer) return html`<p class="sentence long" id="sentence">${this.t(this.waiting())}</p>`;
    const place = placeOf(answer.search.point, this.context) ?? this.t('here');
    return html`
      <p class="place"><strong>${this.t('around', { place })}</strong>
        <span>${writeLonLat(answer.search.point)}</span></p>
      <p class="sentence ${answer.question ? 'long' : ''}" id="sentence">${answerText(answer, this.context)}</p>
      <p class="answer-foot">
        <span>${this.t('as_of', { time: time(lang, answer.facilities.timeStamp) })}</span>
        ${
          answer.question
            ? html`<button type="button" class="on-dark" name="all" @click=${() => this.again()}>
                ${this.t('back_to_search')}</button>`
            : nothing
        }
      </p>`;
  }

  /** What to say while there is no answer. */
  private waiting(): Key {
    const { root, collections, gone, search } = this.state;
    if (gone) return 'failed';
    if (!root) return 'loading';
    return search || homeOf(root, collections) ? 'searching' : 'empty_register';
  }

  private failure(title: string, detail: string) {
    return html`<div class="failure" role="alert">
      <p class="sentence long">${warning}${this.t('failed')}</p>
      <p id="problem"><strong>${title}</strong>${detail ? html`<br />${detail}` : nothing}</p>
      <button type="button" class="on-dark" name="retry" @click=${() => this.retry()}>
        ${this.t('retry')}</button>
    </div>`;
  }

  private again(): void {
    const { search } = this.state;
    if (search) void this.controller?.search(search.point, search.radius);
  }

  private retry(): void {
    if (this.state.search) this.again();
    else this.dispatchEvent(new CustomEvent('restart', { bubbles: true }));
  }
}

customElements.define('siseol-answer', SiseolAnswer);
