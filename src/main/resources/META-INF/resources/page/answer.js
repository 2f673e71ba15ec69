/** An answer in the transcript, while it comes and after. */

import { element } from './dom.js';
import { pieces, probability } from './tokens.js';

export class AnswerView {
  #inspector;
  #text = element('div', 'text');
  #reasoning = null;
  #calls = new Map();

  /** What the transcript shows. */
  element = element('article', 'answer');

  /** The text so far, without reasoning. */
  text = '';

  /** @param {import('./inspector.js').Inspector} inspector shows the tokens */
  constructor(inspector) {
    this.#inspector = inspector;
    this.element.append(this.#text);
  }

  /** Takes in what a chunk says of the answer. @param {import('./tokens.js').Token[]} tokens */
  add({ text, reasoning, calls }, tokens) {
    if (reasoning) {
      this.#reasoning ??= this.#openReasoning();
      this.#append(this.#reasoning, reasoning, text ? [] : tokens);
    }
    if (text) {
      this.text += text;
      this.#append(this.#text, text, tokens);
    }
    calls.forEach((call) => this.#addCall(call));
  }

  /** Adds the line of figures below. */
  note(text, title = '') {
    const note = element('p', 'figures', text);
    note.title = title;
    this.element.append(note);
  }

  /** Says what went wrong. */
  fail(message) {
    const failure = element('p', 'error', message);
    failure.setAttribute('role', 'alert');
    this.element.append(failure);
  }

  #append(parent, text, tokens) {
    for (const piece of pieces(text, tokens)) {
      if (piece.tokens.length === 0) {
        parent.append(piece.text);
        continue;
      }
      const span = element('span', 'token', piece.text);
      const least = Math.min(...piece.tokens.map((token) => probability(token) ?? 1));
      span.style.setProperty('--p', least.toFixed(3));
      parent.append(span);
      this.#inspector.watch(span, piece.tokens);
    }
  }

  #openReasoning() {
    const details = element('details', 'reasoning');
    details.open = true;
    const text = element('div', 'text');
    details.append(element('summary', '', 'Reasoning'), text);
    this.element.prepend(details);
    return text;
  }

  #addCall({ index, function: { name, arguments: piece } }) {
    let shown = this.#calls.get(index);
    if (!shown) {
      shown = element('pre', 'call', `${name} `);
      this.#calls.set(index, shown);
      this.element.append(shown);
    }
    shown.append(piece ?? '');
  }
}
