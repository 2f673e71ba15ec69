/** Times one answer in the browser. */
export class Stopwatch {
  #now;
  #start;
  #first = null;
  #last = null;
  #firstTokens = 0;

  /** Tokens that have come. */
  tokens = 0;

  /** Starts at once. @param {() => number} now ms */
  constructor(now = () => performance.now()) {
    this.#now = now;
    this.#start = now();
  }

  /** Some tokens have come, together. */
  arrived(count) {
    const now = this.#now();
    if (this.#first === null) {
      this.#first = now;
      this.#firstTokens = count;
    }
    this.#last = now;
    this.tokens += count;
  }

  /** From the request to the first token, ms; null before it. */
  get timeToFirstToken() {
    return this.#first === null ? null : this.#first - this.#start;
  }

  /** Tokens after those that came first, per second since then; null until there are some. */
  get tokensPerSecond() {
    const later = this.tokens - this.#firstTokens;
    const time = this.#last - this.#first;
    return later > 0 && time > 0 ? (later * 1000) / time : null;
  }
}
