/** Reads Prometheus' text format, as far as charts need it. */

const SAMPLE = /^([\w:]+)(?:\{(.*)\})? ([^ ]+)/;
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g;

/** @typedef {{name: string, labels: Record<string, string>, value: number}} Sample */

/**
 * The samples of metrics whose names begin with a prefix.
 *
 * @param {string} text
 * @param {string} prefix
 * @returns {Sample[]}
 */
export function parse(text, prefix) {
  const samples = [];
  for (const line of text.split('\n')) {
    const match = line.startsWith(prefix) && SAMPLE.exec(line);
    if (match) {
      const [, name, labels = '', value] = match;
      samples.push({ name, labels: labelsOf(labels), value: number(value) });
    }
  }
  return samples;
}

function labelsOf(text) {
  const labels = {};
  for (const [, name, value] of text.matchAll(LABEL)) {
    labels[name] = value.replace(/\\(.)/g, (_, c) => (c === 'n' ? '\n' : c));
  }
  return labels;
}

function number(text) {
  return text === '+Inf' ? Infinity : Number(text);
}

/** The sum over all series of a metric. */
export function sum(samples, name) {
  return samples.reduce((total, sample) => (sample.name === name ? total + sample.value : total), 0);
}

/**
 * The buckets of a histogram, over all its series.
 *
 * @returns {Map<number, number>} from upper bounds, ascending, to cumulative counts
 */
export function buckets(samples, name) {
  const counts = new Map();
  for (const sample of samples) {
    if (sample.name === `${name}_bucket`) {
      const bound = number(sample.labels.le);
      counts.set(bound, (counts.get(bound) ?? 0) + sample.value);
    }
  }
  return new Map([...counts].sort(([a], [b]) => a - b));
}

/**
 * A quantile of what was observed between two readings, by linear interpolation within its bucket,
 * as Prometheus' `histogram_quantile` does.
 *
 * @param {Map<number, number>} before
 * @param {Map<number, number>} after
 * @param {number} q from 0 to 1
 * @returns {?number} null if nothing was observed
 */
export function quantile(before, after, q) {
  const total = (after.get(Infinity) ?? 0) - (before.get(Infinity) ?? 0);
  if (!(total > 0)) {
    return null;
  }
  let lower = 0;
  let below = 0;
  for (const [bound, count] of after) {
    const upTo = count - (before.get(bound) ?? 0);
    if (upTo >= q * total) {
      // Beyond the last bound nothing more is known.
      return bound === Infinity
        ? lower
        : lower + ((bound - lower) * (q * total - below)) / (upTo - below);
    }
    lower = bound;
    below = upTo;
  }
  return null;
}
