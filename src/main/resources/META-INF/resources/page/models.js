/** The choice of models, and how the server is. */

import { digits, bytes } from './format.js';

const RETRY = 1000;

export class ModelPicker extends EventTarget {
  #api;
  #select;
  #facts;
  #state;
  #models = new Map();
  #attempt = 0;

  /**
   * Dispatches `change` when another model is chosen.
   *
   * @param {import('./api.js').Api} api
   * @param {{select: HTMLSelectElement, facts: HTMLElement, state: HTMLElement}} elements
   */
  constructor(api, { select, facts, state }) {
    super();
    this.#api = api;
    this.#select = select;
    this.#facts = facts;
    this.#state = state;
    select.addEventListener('change', () => this.#chosen());
  }

  /** Name of the chosen model, empty while there is none. */
  get model() {
    return this.#select.value;
  }

  /** Asks the server, and again while it is loading or away. */
  async load() {
    const attempt = ++this.#attempt;
    try {
      const models = await this.#api.models();
      if (attempt === this.#attempt) {
        this.#fill(models);
        this.#say('ready', 'Ready');
      }
    } catch (failure) {
      if (attempt === this.#attempt) {
        this.#say(failure.status === 503 ? 'loading' : 'failed', failure.message);
        if (failure.status === 503 || failure.status === 0) {
          setTimeout(() => attempt === this.#attempt && this.load(), RETRY);
        }
      }
    }
  }

  #fill(models) {
    const before = this.model;
    this.#models = new Map(models.map((model) => [model.id, model]));
    this.#select.replaceChildren(...models.map(({ id }) => new Option(id, id)));
    if (this.#models.has(before)) {
      this.#select.value = before;
    }
    this.#select.disabled = models.length === 0;
    this.#chosen();
  }

  #chosen() {
    const model = this.#models.get(this.model);
    this.#facts.textContent = model ? factsOf(model) : '';
    this.dispatchEvent(new Event('change'));
  }

  #say(state, text) {
    this.#state.dataset.state = state;
    this.#state.textContent = text;
  }
}

function factsOf({ format, bits_per_weight: bits, bytes: parts, max_context: context, device }) {
  const facts = [];
  if (format) {
    facts.push(format);
  }
  if (bits) {
    facts.push(`${digits(bits)} bits per linear weight`);
  }
  if (parts) {
    facts.push(bytes(Object.values(parts).reduce((a, b) => a + b, 0)));
  }
  if (context) {
    facts.push(`context of ${context} tokens`);
  }
  if (device) {
    facts.push(device);
  }
  return facts.join(' · ');
}
