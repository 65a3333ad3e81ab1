// What a chart shows under the pointer, and the part of it that somebody marks. The curves are read from the drawing itself, so nothing is sent twice.

const width = 100000;
const height = 10000;
const units = [['T', 1e12], ['G', 1e9], ['M', 1e6], ['k', 1e3]];

const short = (value, unit) => {
  const [sign, size] = units.find(([, least]) => Math.abs(value) >= least) ?? ['', 1];
  return `${Number((value / size).toPrecision(3))}${unit ? ' ' : ''}${sign}${unit}`;
};

const figure = (value, kind) => {
  if (kind === 'count') return short(value, '');
  if (kind === 'bytes') return short(value, 'B');
  return Number(value.toPrecision(4)).toString();
};

const pair = text => text.split(' ').map(Number);

class Pointer {
  constructor(plot, page, canZoom) {
    this.plot = plot;
    this.page = page;
    this.stop = new AbortController();
    const on = (name, act) => plot.addEventListener(name, act, { signal: this.stop.signal });
    on('pointermove', event => this.move(event));
    on('pointerleave', () => { if (this.from === undefined) this.hide(); });
    if (!canZoom) return;
    on('pointerdown', event => {
      if (event.pointerType !== 'mouse' || event.button !== 0) return;
      this.from = this.share(event);
      plot.setPointerCapture(event.pointerId);
    });
    on('pointerup', event => this.release(event));
    on('dblclick', () => this.page.invokeMethodAsync('ShowAllAsync').catch(() => null));
  }

  share(event) {
    const box = this.plot.getBoundingClientRect();
    return Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
  }

  step(share) {
    const [low, high] = pair(this.plot.dataset.x);
    return Math.round(low + share * (high - low));
  }

  value(y) {
    const [low, high] = pair(this.plot.dataset.y);
    const share = 1 - y / height;
    return 'log' in this.plot.dataset ? low * Math.pow(high / low, share) : low + share * (high - low);
  }

  // The points of each named curve nearest to the pointer, a word on each.
  read(share) {
    let step = null;
    const words = [];
    for (const line of this.plot.querySelectorAll('polyline[data-series]')) {
      let best = null;
      for (const text of line.getAttribute('points').trim().split(' ')) {
        if (!text) continue;
        const [x, y] = text.split(',').map(Number);
        if (best === null || Math.abs(x - share * width) < Math.abs(best[0] - share * width)) best = [x, y];
      }
      if (best === null) continue;
      step ??= best[0] / width;
      words.push(`${line.dataset.series} ${figure(this.value(best[1]), this.plot.dataset.figures)}`);
    }
    return step === null ? null : { share: step, text: [`step ${this.step(step).toLocaleString('en')}`, ...words].join('\n') };
  }

  move(event) {
    const share = this.share(event);
    const cursor = this.plot.querySelector('.plot-cursor');
    if (this.from !== undefined) {
      this.plot.dataset.marking = '';
      cursor.style.cssText = `left:${Math.min(share, this.from) * 100}%;width:${Math.abs(share - this.from) * 100}%`;
      return;
    }
    const found = this.read(share);
    if (!found) return;
    cursor.style.cssText = `left:${found.share * 100}%;opacity:1`;
    const tip = this.plot.querySelector('.plot-tip');
    tip.textContent = found.text;
    tip.style.cssText = found.share > 0.6 ? `right:${(1 - found.share) * 100 + 2}%;opacity:1` : `left:${found.share * 100 + 2}%;opacity:1`;
  }

  release(event) {
    const from = this.from;
    this.from = undefined;
    delete this.plot.dataset.marking;
    this.hide();
    if (from === undefined) return;
    const to = this.share(event);
    if (Math.abs(to - from) > 0.02) this.page.invokeMethodAsync('ZoomAsync', this.step(from), this.step(to)).catch(() => null);
  }

  hide() {
    for (const part of this.plot.querySelectorAll('.plot-cursor, .plot-tip')) part.style.cssText = '';
  }

  dispose() {
    this.stop.abort();
  }
}

export const attach = (plot, page, canZoom) => new Pointer(plot, page, canZoom);
