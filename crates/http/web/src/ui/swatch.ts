import { nothing, svg, type TemplateResult } from 'lit';
import type { Collection } from '../api/types.ts';
import { colourOf } from '../map/style.ts';

/** The legend's sign of a layer, drawn as the map draws it. */
export function swatch(collection: Collection | undefined): TemplateResult {
  const colour = colourOf(collection?.siseol.look ?? { color: '', order: 0 });
  const dash = collection?.siseol.look.dash?.map((n) => n * 2.4).join(' ') ?? nothing;
  const shapes = {
    point: svg`<circle cx="10" cy="10" r="5" fill=${colour} stroke="#fff" stroke-width="1.5"></circle>`,
    line: svg`<path d="M1 10h18" stroke=${colour} stroke-width="3.5" stroke-dasharray=${dash}></path>`,
    polygon: svg`<rect x="3" y="4" width="14" height="12" rx="2" fill=${colour} fill-opacity="0.28"
      stroke=${colour} stroke-width="1.5"></rect>`,
    none: svg`<path d="M4 6h12M4 10h12M4 14h8" stroke="#8a949e" stroke-width="1.6"></path>`,
  };
  return svg`<svg class="swatch" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
    ${shapes[collection?.siseol.geometry ?? 'none']}</svg>`;
}
