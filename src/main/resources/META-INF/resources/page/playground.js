/** Asks the chosen model and shows what it answers. */

import { ApiError } from './api.js';
import { AnswerView } from './answer.js';
import { element } from './dom.js';
import { digits, time } from './format.js';
import { ParameterError } from './parameters.js';
import { Stopwatch } from './stopwatch.js';
import { tokensOf } from './tokens.js';

const PATHS = { chat: 'v1/chat/completions', completion: 'v1/completions' };

const MEASURED =
  'Measured in this browser: time to first token from sending the request, speed from the first' +
  ' tokens to the last. Token counts are the server’s.';

/** Pixels from the end at which the transcript still follows the answer. */
const NEAR = 40;

export class Playground extends EventTarget {
  #api;
  #parameters;
  #inspector;
  #transcript;
  #messages = [];
  #running = null;
  #mode = 'chat';
  #following = true;

  /** Name of the model that is asked. */
  model = '';

  /**
   * Dispatches `begin` with the request, `progress` and `end` with the stopwatch.
   *
   * @param {import('./api.js').Api} api
   * @param {import('./parameters.js').Parameters} parameters
   * @param {import('./inspector.js').Inspector} inspector
   * @param {HTMLElement} transcript
   */
  constructor(api, parameters, inspector, transcript) {
    super();
    this.#api = api;
    this.#parameters = parameters;
    this.#inspector = inspector;
    this.#transcript = transcript;
    transcript.addEventListener('scroll', () => {
      const { scrollHeight, scrollTop, clientHeight } = transcript;
      this.#following = scrollHeight - scrollTop - clientHeight < NEAR;
    });
  }

  get busy() {
    return this.#running !== null;
  }

  /** chat or completion; another one begins anew. */
  set mode(mode) {
    this.#mode = mode;
    this.clear();
  }

  /** Forgets the conversation. */
  clear() {
    this.stop();
    this.#messages = [];
    this.#inspector.hide();
    this.#transcript.replaceChildren();
  }

  /** Ends the answer that is coming; what has come of it stays. */
  stop() {
    this.#running?.abort();
  }

  /**
   * Asks, and waits for the end of the answer.
   *
   * @param {string} prompt
   * @returns {Promise<boolean>} whether the prompt has become part of the conversation
   */
  async ask(prompt) {
    const question = element('article', `question ${this.#mode}`);
    question.append(element('div', 'text', prompt));
    const exchange = element('div', 'exchange');
    exchange.append(question);
    this.#transcript.append(exchange);
    const answers = new Answers(this.#inspector, exchange);
    const conversation = this.#messages; // clearing begins another one
    this.#following = true;
    const running = new AbortController();
    this.#running = running;
    this.#transcript.ariaBusy = 'true';
    let watch = null;
    try {
      const request = this.#request(prompt);
      this.#emit('begin', { path: PATHS[this.#mode], request });
      watch = new Stopwatch();
      await this.#read(request, answers, watch, running.signal);
      keep(conversation, prompt, answers.first.text);
      return true;
    } catch (failure) {
      if (running.signal.aborted) {
        answers.first.note(figures(watch, null, 'stopped here'), MEASURED);
        keep(conversation, prompt, answers.first.text);
        return answers.first.text !== '';
      }
      question.classList.add('failed');
      showFailure(failure, answers.first);
      return false;
    } finally {
      this.#running = null;
      this.#transcript.ariaBusy = 'false';
      this.#follow();
      this.#emit('end', { watch });
    }
  }

  #request(prompt) {
    return {
      model: this.model,
      ...(this.#mode === 'chat' ? { messages: this.#withHistory(prompt) } : { prompt }),
      ...this.#parameters.fields(),
      stream: true,
      stream_options: { include_usage: true },
      return_token_ids: true,
    };
  }

  #withHistory(prompt) {
    const { system } = this.#parameters;
    const first = system ? [{ role: 'system', content: system }] : [];
    return [...first, ...this.#messages, { role: 'user', content: prompt }];
  }

  async #read(request, answers, watch, signal) {
    let usage = null;
    let finish = null;
    for await (const chunk of this.#api.stream(PATHS[this.#mode], request, signal)) {
      usage = chunk.usage ?? usage;
      for (const choice of chunk.choices) {
        const tokens = tokensOf(choice.logprobs);
        const count = choice.token_ids?.length ?? tokens.length;
        if (count > 0) {
          watch.arrived(count);
        }
        answers.of(choice.index).add(said(choice), tokens);
        finish = choice.finish_reason ?? finish;
      }
      this.#follow();
      this.#emit('progress', { watch });
    }
    answers.first.note(figures(watch, usage, finish), MEASURED);
  }

  /** Keeps the end in view, unless the reader has gone elsewhere. */
  #follow() {
    if (this.#following) {
      this.#transcript.scrollTop = this.#transcript.scrollHeight;
    }
  }

  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

/** The views of the choices of one reply. */
class Answers {
  #inspector;
  #exchange;
  #views = new Map();

  constructor(inspector, exchange) {
    this.#inspector = inspector;
    this.#exchange = exchange;
  }

  get first() {
    return this.of(0);
  }

  of(index) {
    if (!this.#views.has(index)) {
      const view = new AnswerView(this.#inspector);
      this.#views.set(index, view);
      this.#exchange.append(view.element);
    }
    return this.#views.get(index);
  }
}

function keep(conversation, prompt, answer) {
  if (answer !== '') {
    conversation.push(
      { role: 'user', content: prompt },
      { role: 'assistant', content: answer },
    );
  }
}

function showFailure(failure, answer) {
  if (!(failure instanceof ApiError || failure instanceof ParameterError)) {
    console.error(failure);
  }
  answer.fail(failure.message);
  if (failure.requestId) {
    answer.note(`request id ${failure.requestId}`);
  }
}

function said({ text, delta }) {
  return {
    text: text ?? delta.content ?? '',
    reasoning: delta?.reasoning_content ?? '',
    calls: delta?.tool_calls ?? [],
  };
}

function figures(watch, usage, finish) {
  const tokens = usage?.completion_tokens ?? watch.tokens;
  const parts = [`${tokens} tokens`];
  if (watch.timeToFirstToken !== null) {
    parts.push(`first after ${time(watch.timeToFirstToken)}`);
  }
  if (watch.tokensPerSecond !== null) {
    parts.push(`then ${digits(watch.tokensPerSecond)} tokens/s`);
  }
  if (usage) {
    const cached = usage.prompt_tokens_details?.cached_tokens ?? 0;
    parts.push(`prompt of ${usage.prompt_tokens}${cached ? `, ${cached} from the cache` : ''}`);
  }
  if (finish) {
    parts.push(finish);
  }
  return parts.join(' · ');
}
