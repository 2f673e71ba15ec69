/** Numbers for people. */

/** About three digits, without an exponent. */
export function digits(value) {
  const size = Math.abs(value);
  const fraction = size >= 100 ? 0 : size >= 10 ? 1 : 2;
  return value.toLocaleString('en', { maximumFractionDigits: fraction });
}

/** A time in ms as ms or s. */
export function time(ms) {
  return ms < 1000 ? `${digits(ms)} ms` : `${digits(ms / 1000)} s`;
}

/** Bytes in the unit that suits them. */
export function bytes(count) {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = count;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${digits(value)} ${units[unit]}`;
}

/** A probability from 0 to 1 in percent; the small ones are not nothing. */
export function percent(probability) {
  return probability < 0.0001 ? '< 0.01 %' : `${(probability * 100).toFixed(2)} %`;
}
