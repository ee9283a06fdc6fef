import { html, nothing } from 'lit';
import { LANGS, label } from '../i18n/index.ts';
import { logo } from './icons.ts';
import { Part } from './part.ts';

const NAMES = { ko: '한국어', en: 'English' };

class SiseolHeader extends Part {
  override render() {
    const { root, lang, answer } = this.state;
    const notice = answer?.facilities.notice ?? root?.siseol.notice;
    return html`
      <div class="brand">
        ${logo}
        <div>
          <h1>${root?.title ?? this.t('product')}</h1>
          <p>${this.t('tagline')}</p>
        </div>
      </div>
      ${notice ? html`<p class="badge" id="notice">${label(lang, notice)}</p>` : nothing}
      <div class="languages" role="group" aria-label=${this.t('language')}>
        ${LANGS.map(
          (code) => html`<button type="button" lang=${code} data-lang=${code}
            aria-pressed=${code === lang ? 'true' : 'false'}
            @click=${() => this.controller?.setLang(code)}>${NAMES[code]}</button>`,
        )}
      </div>`;
  }
}

customElements.define('siseol-header', SiseolHeader);
