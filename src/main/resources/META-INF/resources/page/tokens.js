/** The tokens of an answer: their probabilities, and which part of the text each of them made. */

/**
 * @typedef {{text: string, logprob: ?number, alternatives: {text: string, logprob: number}[]}} Token
 *     logprob: natural logarithm; null for the first token of a prompt
 * @typedef {{text: string, tokens: Token[]}} Piece a part of the text, and what made it
 */

/**
 * The tokens of a choice, in either form of `logprobs`.
 *
 * @param {?object} logprobs of a chat's choice or of a completion's
 * @returns {Token[]}
 */
export function tokensOf(logprobs) {
  if (!logprobs) {
    return [];
  }
  return logprobs.content ? chatTokens(logprobs.content) : completionTokens(logprobs);
}

function chatTokens(entries) {
  return entries.map((entry) => ({
    text: entry.token,
    logprob: entry.logprob,
    alternatives: sorted(
      (entry.top_logprobs ?? []).map(({ token, logprob }) => ({ text: token, logprob })),
    ),
  }));
}

function completionTokens({ tokens, token_logprobs: logprobs, top_logprobs: alternatives }) {
  return tokens.map((text, i) => ({
    text,
    logprob: logprobs[i],
    alternatives: sorted(
      Object.entries(alternatives?.[i] ?? {}).map(([other, logprob]) => ({ text: other, logprob })),
    ),
  }));
}

/** An object does not keep an order if its names are numbers. */
function sorted(alternatives) {
  return alternatives.sort((a, b) => b.logprob - a.logprob);
}

/**
 * Cuts a text into the pieces that its tokens made. The text counts: what tokens say of themselves
 * differs where they are parts of a character, special, or cut off by a stop text.
 *
 * @param {string} text what has come
 * @param {Token[]} tokens that came with it
 * @returns {Piece[]} whose texts joined are the text
 */
export function pieces(text, tokens) {
  const result = [];
  let rest = text;
  let waiting = [];
  tokens.forEach((token, i) => {
    waiting.push(token);
    const last = i === tokens.length - 1;
    if (last || (token.text && rest.startsWith(token.text))) {
      const length = last ? rest.length : token.text.length;
      result.push({ text: rest.slice(0, length), tokens: waiting });
      rest = rest.slice(length);
      waiting = [];
    }
  });
  if (rest) {
    result.push({ text: rest, tokens: [] });
  }
  return result;
}

/** Probability, 0 to 1. */
export function probability(token) {
  return token.logprob === null ? null : Math.exp(token.logprob);
}
