/** The form of parameters as fields of a request. */

/** What is wrong with a parameter before the server could be asked. */
export class ParameterError extends Error {}

export class Parameters {
  #form;
  #mode = 'chat';

  /** @param {HTMLFormElement} form fields have `data-field` and `data-kind` */
  constructor(form) {
    this.#form = form;
    form.addEventListener('submit', (event) => event.preventDefault());
    const format = this.#control('format');
    format.addEventListener('change', () => {
      this.#control('schema-field').hidden = format.value !== 'json_schema';
    });
  }

  /** Shows the parameters of a mode only. */
  set mode(mode) {
    this.#mode = mode;
    for (const part of this.#form.querySelectorAll('[data-mode]')) {
      part.hidden = part.dataset.mode !== mode;
    }
  }

  /** The system message, empty for none. */
  get system() {
    return this.#control('system').value.trim();
  }

  /**
   * The fields that are filled in. Their ranges are the server's to check.
   *
   * @throws {ParameterError} if one is not of its kind
   */
  fields() {
    const fields = {};
    for (const control of this.#form.querySelectorAll('[data-field]')) {
      const owner = control.closest('[data-mode]');
      const value = owner && owner.hidden ? undefined : valueOf(control);
      if (value !== undefined) {
        fields[control.dataset.field] = value;
      }
    }
    return { ...fields, ...this.#probabilities(), ...this.#format(), ...this.#more() };
  }

  #probabilities() {
    const wanted = this.#control('alternatives').value;
    if (wanted === '') {
      return {};
    }
    const count = Number(wanted);
    return this.#mode === 'chat' ? { logprobs: true, top_logprobs: count } : { logprobs: count };
  }

  #format() {
    const type = this.#control('format').value;
    if (type === 'text') {
      return {};
    }
    if (type === 'json_object') {
      return { response_format: { type } };
    }
    const schema = json('JSON Schema', this.#control('schema').value);
    return { response_format: { type, json_schema: { name: 'answer', schema } } };
  }

  #more() {
    const text = this.#control('more').value.trim();
    const more = text ? json('More fields', text) : {};
    if (more === null || typeof more !== 'object' || Array.isArray(more)) {
      throw new ParameterError('More fields: not a JSON object');
    }
    return more;
  }

  #control(id) {
    return this.#form.querySelector(`#${id}`);
  }
}

function valueOf(control) {
  switch (control.dataset.kind) {
    case 'number':
      if (control.validity.badInput) {
        throw new ParameterError(`${control.dataset.field}: not a number`);
      }
      return control.value === '' ? undefined : Number(control.value);
    case 'flag':
      return control.checked ? true : undefined;
    case 'lines': {
      const lines = control.value.split('\n').filter((line) => line !== '');
      return lines.length > 0 ? lines : undefined;
    }
    default:
      throw new Error(`no kind of parameter: ${control.dataset.kind}`);
  }
}

function json(name, text) {
  try {
    return JSON.parse(text);
  } catch (failure) {
    throw new ParameterError(`${name}: ${failure.message}`);
  }
}
