/** Shows how probable a token was and what else could have come, to the pointer and the keyboard. */

import { element } from './dom.js';
import { percent, digits } from './format.js';
import { probability } from './tokens.js';

const MARGIN = 8;

export class Inspector {
  #tooltip;
  #tokens = new WeakMap();
  #shown = null;

  /**
   * @param {HTMLElement} tooltip what shows it
   * @param {HTMLElement} transcript where the tokens are
   */
  constructor(tooltip, transcript) {
    this.#tooltip = tooltip;
    transcript.addEventListener('pointerover', (event) => this.#show(event.target));
    transcript.addEventListener('pointerleave', () => this.hide());
    transcript.addEventListener('focusin', (event) => this.#show(event.target));
    transcript.addEventListener('focusout', () => this.hide());
    transcript.addEventListener('scroll', () => this.hide());
    transcript.addEventListener('keydown', (event) => this.#move(event));
  }

  /**
   * Adds a token. One of each answer can be reached by Tab, the others from there by arrow keys.
   *
   * @param {HTMLElement} span its text
   * @param {import('./tokens.js').Token[]} tokens usually one; more if they are parts of characters
   */
  watch(span, tokens) {
    this.#tokens.set(span, tokens);
    span.tabIndex = span.parentElement.querySelector('.token') === span ? 0 : -1;
  }

  hide() {
    this.#shown?.removeAttribute('aria-describedby');
    this.#shown = null;
    this.#tooltip.hidden = true;
  }

  #show(span) {
    const tokens = this.#tokens.get(span);
    if (!tokens || span === this.#shown) {
      if (!tokens) {
        this.hide();
      }
      return;
    }
    this.hide();
    this.#shown = span;
    span.setAttribute('aria-describedby', this.#tooltip.id);
    this.#tooltip.replaceChildren(...tokens.flatMap(describe));
    this.#tooltip.hidden = false;
    this.#place(span);
  }

  #place(span) {
    const [line] = span.getClientRects();
    const box = this.#tooltip.getBoundingClientRect();
    const left = Math.min(line.left, window.innerWidth - box.width - MARGIN);
    const below = line.bottom + MARGIN;
    const fits = below + box.height < window.innerHeight;
    const top = fits ? below : Math.max(MARGIN, line.top - box.height - MARGIN);
    this.#tooltip.style.left = `${Math.max(MARGIN, left)}px`;
    this.#tooltip.style.top = `${top}px`;
  }

  #move(event) {
    const span = event.target;
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step || !this.#tokens.has(span)) {
      return;
    }
    const all = [...span.parentElement.querySelectorAll('.token')];
    const next = all[all.indexOf(span) + step];
    if (next) {
      event.preventDefault();
      span.tabIndex = -1;
      next.tabIndex = 0;
      next.focus();
    }
  }
}

function describe(token) {
  const p = probability(token);
  const title = element('p', 'chosen');
  title.append(
    element('code', '', visible(token.text)),
    p === null ? ' begins the prompt' : ` ${percent(p)}, log-probability ${digits(token.logprob)}`,
  );
  if (token.alternatives.length === 0) {
    return [title];
  }
  const list = element('ol');
  for (const alternative of token.alternatives) {
    const share = probability(alternative);
    const row = element('li', alternative.text === token.text ? 'same' : '');
    const bar = element('span', 'share');
    bar.style.width = `${(share * 100).toFixed(1)}%`;
    row.append(bar, element('code', '', visible(alternative.text)), element('span', '', percent(share)));
    list.append(row);
  }
  return [title, list];
}

/** White space can be seen. */
function visible(text) {
  return text.replaceAll(' ', '␣').replaceAll('\n', '⏎').replaceAll('\t', '⇥') || '(no text)';
}
