import { LitElement } from 'lit';
import type { Controller } from '../app/controller.ts';
import type { Context } from '../app/questions.ts';
import { type Key, t, type Words } from '../i18n/index.ts';
import { initial, type State } from '../state/store.ts';

/**
 * A part of the page. It draws the state it is given and calls the controller; it keeps no state of the product itself.
 * No shadow root: one set of styles, and labels, tabs and live regions may point across parts.
 */
export class Part extends LitElement {
  static override properties = {
    state: { attribute: false },
    controller: { attribute: false },
  };
  declare state: State;
  declare controller: Controller | null;

  constructor() {
    super();
    this.state = initial;
    this.controller = null;
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected t(key: Key, words: Words = {}): string {
    return t(this.state.lang, key, words);
  }

  protected get context(): Context {
    return this.state;
  }
}
