/** The server's API. Addresses are relative to the page, so that it works behind a prefix. */

import { events } from './sse.js';

const DONE = '[DONE]';
const MAX_SHOWN = 300;

/** A failure in the server's own words. */
export class ApiError extends Error {
  /**
   * @param {string} message as the server words it
   * @param {number} status of HTTP; 0 where there is none
   * @param {?string} requestId under which the server's log has it
   * @param {number} retryAfter s, 0 if the server does not say
   */
  constructor(message, status, requestId = null, retryAfter = 0) {
    super(message);
    this.status = status;
    this.requestId = requestId;
    this.retryAfter = retryAfter;
  }
}

export class Api {
  #base;

  /** Sent as a bearer token. Never stored: it is gone with the page. */
  key = '';

  /** @param {string} base address of the page */
  constructor(base) {
    this.#base = base;
  }

  /** What is served, as `/v1/models` describes it. */
  async models() {
    const reply = await this.#fetch('v1/models');
    return (await reply.json()).data;
  }

  /** The text of `/metrics`. */
  async metrics() {
    const reply = await this.#fetch('metrics');
    return reply.text();
  }

  /**
   * The chunks of a streamed answer.
   *
   * @param {string} path of the endpoint
   * @param {object} body the request
   * @param {AbortSignal} signal stops it
   * @throws {ApiError} if the server refuses, fails, or the connection ends before the answer does
   */
  async *stream(path, body, signal) {
    const reply = await this.#fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal,
    });
    const id = reply.headers.get('x-request-id');
    try {
      for await (const data of events(reply.body)) {
        if (data === DONE) {
          return;
        }
        const chunk = JSON.parse(data);
        if (chunk.error) {
          throw new ApiError(chunk.error.message, 0, id);
        }
        yield chunk;
      }
    } catch (failure) {
      if (failure instanceof TypeError) {
        throw new ApiError('The connection was lost before the end of the answer', 0, id);
      }
      throw failure;
    }
    throw new ApiError('The connection was closed before the end of the answer', 0, id);
  }

  /** The address of a path, for showing. */
  address(path) {
    return new URL(path, this.#base).href;
  }

  async #fetch(path, options = {}) {
    const headers = { ...options.headers };
    if (this.key) {
      headers.authorization = `Bearer ${this.key}`;
    }
    let reply;
    try {
      reply = await fetch(this.address(path), {
        ...options,
        headers,
        cache: 'no-store',
        credentials: 'same-origin',
      });
    } catch (failure) {
      if (failure instanceof TypeError) {
        throw new ApiError('The server cannot be reached', 0);
      }
      throw failure;
    }
    if (!reply.ok) {
      throw await errorOf(reply);
    }
    return reply;
  }
}

async function errorOf(reply) {
  const text = await reply.text();
  let message;
  try {
    message = JSON.parse(text).error.message;
  } catch {
    // Not our server's: a proxy's, perhaps.
    message = `HTTP ${reply.status}: ${text.slice(0, MAX_SHOWN)}`;
  }
  const retryAfter = Number(reply.headers.get('retry-after')) || 0;
  return new ApiError(message, reply.status, reply.headers.get('x-request-id'), retryAfter);
}
