import { html, nothing } from 'lit';
import { questionsFor, questionText } from '../app/questions.ts';
import { Part } from './part.ts';

class SiseolQuestions extends Part {
  override render() {
    const questions = questionsFor(this.state.collections);
    if (questions.length === 0) return nothing;
    const asked = this.state.answer?.question?.id;
    return html`<div class="questions" role="group" aria-label=${this.t('questions')}>
      ${questions.map(
        (question) => html`<button type="button" class="chip" data-question=${question.id}
          aria-pressed=${asked === question.id ? 'true' : 'false'}
          @click=${() => void this.controller?.ask(question)}>${questionText(question, this.context)}</button>`,
      )}
    </div>`;
  }
}

customElements.define('siseol-questions', SiseolQuestions);
