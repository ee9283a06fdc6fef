import { svg, type TemplateResult } from 'lit';

const icon = (path: TemplateResult): TemplateResult => svg`<svg class="icon" viewBox="0 0 24 24"
  width="20" height="20" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round"
  stroke-linejoin="round" aria-hidden="true">${path}</svg>`;

export const plus = icon(svg`<path d="M12 5v14M5 12h14"></path>`);
export const minus = icon(svg`<path d="M5 12h14"></path>`);
export const home = icon(svg`<path d="M4 11l8-7 8 7M6 9.5V20h12V9.5M10 20v-6h4v6"></path>`);
export const close = icon(svg`<path d="M6 6l12 12M18 6L6 18"></path>`);
export const back = icon(svg`<path d="M15 5l-7 7 7 7"></path>`);
export const forward = icon(svg`<path d="M9 5l7 7-7 7"></path>`);
export const search = icon(
  svg`<circle cx="11" cy="11" r="6.5"></circle><path d="M16 16l4.5 4.5"></path>`,
);
export const target = icon(
  svg`<circle cx="12" cy="12" r="7"></circle><path d="M12 2v6M12 16v6M2 12h6M16 12h6"></path>`,
);
export const warning = icon(svg`<path d="M12 4l9.5 16h-19zM12 10v4.5M12 17.3v.2"></path>`);

/** Two nodes and the line between: a facility network. */
export const logo = svg`<svg viewBox="0 0 32 32" width="32" height="32" aria-hidden="true">
  <rect width="32" height="32" rx="9" fill="#256ef4"></rect>
  <path d="M7.5 20h6v-8h6v6h5" fill="none" stroke="#fff" stroke-width="2.4" stroke-linecap="round"
    stroke-linejoin="round"></path>
  <circle cx="7.5" cy="20" r="3" fill="#fff"></circle><circle cx="25" cy="18" r="3" fill="#ffc94d"></circle>
</svg>`;
