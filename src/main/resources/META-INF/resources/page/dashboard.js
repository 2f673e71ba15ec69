/** Charts of the server, from its metrics, and of this page's own answers. */

import { LineChart } from './chart.js';
import { digits, time } from './format.js';
import { buckets, parse, quantile, sum } from './prometheus.js';

/** ms between two readings of the metrics. */
const INTERVAL = 2000;

/** Readings on a chart: two minutes. */
const READINGS = 60;

/** Readings over which latencies are gathered: half a minute. */
const WINDOW = 15;

const ANSWERS = 20;

const TWO_MINUTES = { limit: READINGS, from: '2 min ago', to: 'now' };
const LAST_ANSWERS = { limit: ANSWERS, from: `${ANSWERS} answers ago`, to: 'the last' };
const milliseconds = (seconds) => time(seconds * 1000);

/** Follows `/metrics`, while somebody looks. */
export class ServerCharts {
  #api;
  #note;
  #said;
  #model = '';
  #readings = [];
  #timer = 0;
  #speed = new LineChart({
    title: 'Generated tokens/s',
    series: [''],
    format: digits,
    ...TWO_MINUTES,
  });
  #firstToken = new LineChart({
    title: 'Time to first token',
    series: ['median', 'p95'],
    format: milliseconds,
    ...TWO_MINUTES,
  });
  #interToken = new LineChart({
    title: 'Time between tokens',
    series: ['median', 'p95'],
    format: milliseconds,
    ...TWO_MINUTES,
  });
  #requests = new LineChart({
    title: 'Requests',
    series: ['running', 'waiting'],
    format: digits,
    ...TWO_MINUTES,
  });

  /**
   * @param {import('./api.js').Api} api
   * @param {HTMLElement} place where the charts go
   * @param {HTMLElement} note says where figures come from, or why there are none
   */
  constructor(api, place, note) {
    this.#api = api;
    this.#note = note;
    this.#said = note.textContent;
    place.append(...this.#charts.map((chart) => chart.element));
    document.addEventListener('visibilitychange', () => this.#follow());
  }

  /** Begins anew with another model. */
  set model(name) {
    this.#model = name;
    this.#readings = [];
    this.#charts.forEach((chart) => chart.reset());
    this.#follow();
  }

  get #charts() {
    return [this.#speed, this.#firstToken, this.#interToken, this.#requests];
  }

  #follow() {
    clearInterval(this.#timer);
    if (document.visibilityState === 'visible' && this.#model) {
      this.#timer = setInterval(() => this.#read(), INTERVAL);
      this.#read();
    }
  }

  async #read() {
    const model = this.#model;
    try {
      const text = await this.#api.metrics();
      const samples = parse(text, 'vllm:').filter((s) => s.labels.model_name === model);
      if (model === this.#model) {
        this.#note.textContent = this.#said;
        this.#add({
          time: performance.now(),
          tokens: sum(samples, 'vllm:generation_tokens_total'),
          running: sum(samples, 'vllm:num_requests_running'),
          waiting: sum(samples, 'vllm:num_requests_waiting'),
          firstToken: buckets(samples, 'vllm:time_to_first_token_seconds'),
          interToken: buckets(samples, 'vllm:inter_token_latency_seconds'),
        });
      }
    } catch (failure) {
      this.#note.textContent = `No figures: ${failure.message}`;
    }
  }

  #add(now) {
    const last = this.#readings.at(-1);
    const first = this.#readings.at(-WINDOW) ?? this.#readings[0];
    this.#readings.push(now);
    if (this.#readings.length > READINGS) {
      this.#readings.shift();
    }
    this.#requests.add([now.running, now.waiting]);
    if (last) {
      this.#speed.add([((now.tokens - last.tokens) * 1000) / (now.time - last.time)]);
      this.#firstToken.add(quantiles(first.firstToken, now.firstToken));
      this.#interToken.add(quantiles(first.interToken, now.interToken));
    }
  }
}

function quantiles(before, after) {
  return [quantile(before, after, 0.5), quantile(before, after, 0.95)];
}

/** What this page's answers took. */
export class PageCharts {
  #firstToken = new LineChart({
    title: 'Time to first token',
    series: [''],
    format: time,
    ...LAST_ANSWERS,
  });
  #speed = new LineChart({
    title: 'Tokens/s after the first',
    series: [''],
    format: digits,
    ...LAST_ANSWERS,
  });

  /** @param {HTMLElement} place where the charts go */
  constructor(place) {
    place.append(this.#firstToken.element, this.#speed.element);
  }

  /** Adds an answer. @param {import('./stopwatch.js').Stopwatch} watch */
  add(watch) {
    if (watch.timeToFirstToken !== null) {
      this.#firstToken.add([watch.timeToFirstToken]);
      this.#speed.add([watch.tokensPerSecond]);
    }
  }
}
