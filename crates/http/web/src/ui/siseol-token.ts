import { html, nothing, type PropertyValues } from 'lit';
import { Part } from './part.ts';

/** Asks for the token when the server wants one. */
class SiseolToken extends Part {
  #resolve: ((token: string) => void) | null = null;

  /** Resolves with what the person typed; the dialog itself is opened by `state.token`. */
  ask(): Promise<string> {
    return new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  override render() {
    const { token } = this.state;
    return html`<dialog aria-labelledby="token-title" @cancel=${(e: Event) => e.preventDefault()}>
      <form method="dialog" @submit=${this.submit}>
        <h2 id="token-title">${this.t('token_title')}</h2>
        <p>${this.t('token_text')}</p>
        ${token?.refused ? html`<p class="wrong" role="alert">${this.t('token_refused')}</p>` : nothing}
        <label class="field"><span>${this.t('token_label')}</span>
          <input name="token" type="password" autocomplete="current-password" required /></label>
        <button class="primary" type="submit">${this.t('token_send')}</button>
      </form>
    </dialog>`;
  }

  protected override updated(_: PropertyValues<this>): void {
    const dialog = this.querySelector('dialog');
    if (this.state.token && dialog && !dialog.open) dialog.showModal();
  }

  private submit(event: SubmitEvent): void {
    event.preventDefault();
    const input = this.querySelector<HTMLInputElement>('input[name="token"]');
    const token = input?.value.trim() ?? '';
    if (!token || !input) return;
    input.value = '';
    this.querySelector('dialog')?.close();
    this.dispatchEvent(new CustomEvent('token', { bubbles: true }));
    this.#resolve?.(token);
  }
}

customElements.define('siseol-token', SiseolToken);

declare global {
  interface HTMLElementTagNameMap {
    'siseol-token': SiseolToken;
  }
}
