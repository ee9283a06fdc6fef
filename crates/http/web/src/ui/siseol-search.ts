import { html, nothing, type PropertyValues } from 'lit';
import { START_RADIUS_M } from '../app/controller.ts';
import {
  MAX_RADIUS_M,
  parseLonLat,
  parseRadius,
  roundLonLat,
  writeLonLat,
} from '../geo/coordinates.ts';
import type { Key } from '../i18n/index.ts';
import { search, target } from './icons.ts';
import { Part } from './part.ts';

/** The form: a point and metres. What is typed is kept until a search from elsewhere moves the point. */
class SiseolSearch extends Part {
  static override properties = {
    ...Part.properties,
    point: { state: true },
    radius: { state: true },
    wrong: { state: true },
  };
  declare private point: string;
  declare private radius: string;
  declare private wrong: { field: 'point' | 'radius'; key: Key } | null;

  constructor() {
    super();
    this.point = '';
    this.radius = String(START_RADIUS_M);
    this.wrong = null;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('state')) return; // typing is no reason to put the old words back
    const before = changed.get('state')?.search;
    const now = this.state.search;
    if (!now || now === before) return;
    this.point = writeLonLat(now.point);
    this.radius = String(now.radius);
    this.wrong = null;
  }

  override render() {
    const { wrong } = this;
    const describe = (field: string) => (wrong?.field === field ? 'search-wrong' : nothing);
    return html`
      <form novalidate @submit=${this.submit} aria-label=${this.t('search')}>
        <label class="field grow"><span>${this.t('centre')}</span>
          <input name="point" inputmode="text" autocomplete="off" spellcheck="false"
            .value=${this.point} aria-invalid=${wrong?.field === 'point' ? 'true' : 'false'}
            aria-describedby=${describe('point')}
            @input=${(e: InputEvent) => this.typed('point', e)} />
        </label>
        <label class="field narrow"><span>${this.t('radius')}</span>
          <input name="radius" inputmode="decimal" autocomplete="off" maxlength="9"
            .value=${this.radius} aria-invalid=${wrong?.field === 'radius' ? 'true' : 'false'}
            aria-describedby=${describe('radius')} data-max=${MAX_RADIUS_M}
            @input=${(e: InputEvent) => this.typed('radius', e)} />
        </label>
        <button class="primary" type="submit" name="find">${search}${this.t('find')}</button>
        ${wrong ? html`<p class="wrong" id="search-wrong" role="alert">${this.t(wrong.key)}</p>` : nothing}
        <p class="hint">
          ${this.state.mapMissing ? nothing : html`<span>${this.t('click_hint')}</span>`}
          ${
            this.state.mapMissing
              ? nothing
              : html`<button class="quiet" type="button" name="map-centre" @click=${this.fromMap}>
                  ${target}${this.t('use_map_centre')}</button>`
          }
        </p>
      </form>`;
  }

  private typed(field: 'point' | 'radius', event: InputEvent): void {
    if (event.target instanceof HTMLInputElement) this[field] = event.target.value;
  }

  private submit(event: SubmitEvent): void {
    event.preventDefault();
    const point = parseLonLat(this.point);
    const radius = parseRadius(this.radius);
    this.wrong = !point
      ? { field: 'point', key: 'bad_point' }
      : radius === null
        ? { field: 'radius', key: 'bad_radius' }
        : null;
    if (!point || radius === null) {
      this.querySelector<HTMLInputElement>(`[name="${this.wrong?.field}"]`)?.focus();
      return;
    }
    // The point shown is rounded: where it was not touched, the search keeps the exact one.
    const kept = this.state.search?.point;
    const same = kept && writeLonLat(kept) === writeLonLat(point);
    void this.controller?.search(same ? kept : point, radius);
  }

  private fromMap(): void {
    const centre = this.controller?.map?.centre();
    if (centre)
      void this.controller?.search(
        roundLonLat(centre),
        parseRadius(this.radius) ?? START_RADIUS_M,
        false,
      );
  }
}

customElements.define('siseol-search', SiseolSearch);
