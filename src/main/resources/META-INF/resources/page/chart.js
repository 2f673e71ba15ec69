/** A line chart of the last few values of one or two series. */

import { element, svg } from './dom.js';

const WIDTH = 300;
const HEIGHT = 90;
const TOP = 6;
const SIDE = 3;
const MOST_DOTS = 30;

export class LineChart {
  #series;
  #format;
  #limit;
  #points = [];
  #plot = svg('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', preserveAspectRatio: 'none' });
  #now = element('p', 'now');
  #most = element('span');
  #title;

  /** What the page shows. */
  element = element('figure');

  /**
   * @param {{title: string, series: string[], format: (value: number) => string, limit: number,
   *     from: string, to: string}} options what is drawn, names of the lines, how values are
   *     written, how many are kept, and what the ends of the axis mean
   */
  constructor({ title, series, format, limit, from, to }) {
    this.#title = title;
    this.#series = series;
    this.#format = format;
    this.#limit = limit;
    const caption = element('figcaption', '', title);
    const plot = element('div', 'plot');
    plot.append(this.#most, this.#plot);
    const axis = element('p', 'axis');
    axis.append(element('span', '', from), element('span', '', to));
    this.element.append(caption, this.#now, plot, axis);
    this.#draw();
  }

  /** Adds a value for each series; null where there is none. @param {(?number)[]} values */
  add(values) {
    this.#points.push(values);
    if (this.#points.length > this.#limit) {
      this.#points.shift();
    }
    this.#draw();
  }

  /** Forgets all values. */
  reset() {
    this.#points = [];
    this.#draw();
  }

  #draw() {
    const all = this.#points.flat().filter((value) => value !== null);
    const most = niceCeiling(Math.max(0, ...all));
    this.#most.textContent = all.length > 0 ? this.#format(most) : '';
    this.#plot.replaceChildren(
      svg('path', { class: 'rule', d: `M0 ${TOP}H${WIDTH}M0 ${HEIGHT - 1}H${WIDTH}` }),
      ...this.#series.flatMap((_, i) => [
        svg('path', { class: `line line${i}`, d: this.#line(i, most) }),
        svg('path', { class: `line dots line${i}`, d: this.#dots(i, most) }),
      ]),
    );
    this.#describe();
  }

  #line(series, most) {
    let path = '';
    let pen = 'M';
    this.#points.forEach((values, i) => {
      if (values[series] === null) {
        pen = 'M'; // a gap
      } else {
        path += pen + this.#place(i, values[series], most);
        pen = 'L';
      }
    });
    return path;
  }

  /** Each value where there is room for dots, else the last: lines with round ends and no length. */
  #dots(series, most) {
    const first = this.#limit > MOST_DOTS ? this.#points.length - 1 : 0;
    return this.#points
      .map((values, i) =>
        i < first || values[series] === null ? '' : `M${this.#place(i, values[series], most)}h0`)
      .join('');
  }

  /** Where a value is: the last one is at the right end. */
  #place(i, value, most) {
    const step = (WIDTH - 2 * SIDE) / (this.#limit - 1);
    const x = WIDTH - SIDE - step * (this.#points.length - 1 - i);
    const y = HEIGHT - 1 - ((HEIGHT - 1 - TOP) * value) / most;
    return `${x.toFixed(1)} ${y.toFixed(1)}`;
  }

  #describe() {
    const last = this.#points.at(-1) ?? [];
    const texts = this.#series.map((name, i) => {
      const value = last[i] ?? null;
      return { name, text: value === null ? '–' : this.#format(value) };
    });
    this.#now.replaceChildren(
      ...texts.map(({ name, text }, i) => {
        const item = element('span', `key key${i}`);
        item.append(element('b', '', text), name ? ` ${name}` : '');
        return item;
      }),
    );
    const latest = texts.map(({ name, text }) => `${name} ${text}`.trim()).join(', ');
    this.#plot.setAttribute('aria-label', `${this.#title}: latest ${latest}`);
  }
}

/** The next of 1, 2, 5 times a power of ten. */
function niceCeiling(value) {
  if (value === 0) {
    return 1;
  }
  const power = 10 ** Math.floor(Math.log10(value));
  return power * [1, 2, 5, 10].find((step) => step * power >= value * 0.999999);
}
