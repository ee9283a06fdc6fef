import { html, nothing, type TemplateResult } from 'lit';
import type { Row } from '../app/describe.ts';

/** A field as a row of a table: its label, its value, and the code where the value is the meaning of one. */
export function fieldRow({ field, label, value, code }: Row, noValue: string): TemplateResult {
  return html`<tr data-field=${field}><th scope="row">${label}</th>
    <td>${value ?? missing(noValue)}${code === null ? nothing : html` <code>${code}</code>`}</td></tr>`;
}

/** Said in the place of a value that the register does not have. */
export function missing(noValue: string): TemplateResult {
  return html`<span class="missing">${noValue}</span>`;
}
