// Trying out: sliders and numbers for each parameter of a unit, and grips in the picture that move where it switches.

const STEPS = 200; // of a slider, from 0 to an end
const COARSE = 61; // points along each side of a map while something moves
const SETTLED = 150; // milliseconds without a change, after which a map is drawn finely

class Workbench {
  /** @param {Player} player @param {Film} film @param {SVGSVGElement} svg @param {Tracks} tracks
   * @param {(text: string) => void} say */
  constructor(player, film, svg, tracks, say) {
    Object.assign(this, { player, film, svg, say });
    this.drawn = drawnIn(film, svg);
    this.borrowed = new Borrowed(tracks);
    /** @type {Map<number, Promise<Trial>>} */
    this.trials = new Map();
    /** @type {{part: Part, slider: HTMLInputElement, number: HTMLInputElement}[]} */
    this.rows = [];
    /** @type {number | undefined} */
    this.number = undefined; // until it is opened
    this.grips = new Grips(this);
    this.connect();
  }

  connect() {
    const [bench, variant, unit, back] = ["bench", "bench-variant", "bench-unit", "bench-back"].map(byId);
    this.film.computing.variants.forEach((each, number) => {
      if (each) variant?.add(new Option(each.label, String(number)));
    });
    bench.addEventListener("toggle", () => (bench.open ? this.open() : this.close()));
    bench.addEventListener("keydown", (/** @type {Event} */ event) => event.stopPropagation()); // they are no keys of the film
    variant?.addEventListener("change", () => this.choose(Number(variant.value)));
    unit.addEventListener("change", () => this.showUnit());
    back.addEventListener("click", () => this.undo());
    this.player.listeners.add(() => this.follow());
    bench.hidden = false;
  }

  async open() {
    this.player.pause(); // at what is to be tried out
    return this.choose(this.number ?? (await this.first()));
  }

  /** The first variant that has something to drag, if any has.
   * @returns {Promise<number>} */
  async first() {
    const { variants } = this.film.computing;
    const numbers = [...variants.keys()].filter((number) => variants[number]);
    for (const number of numbers) {
      const trial = await this.trialOf(number);
      trial.stand(this.player.frame);
      if (this.grips.has(trial, number)) return number;
    }
    return numbers[0];
  }

  /** @param {number} number of a variant @returns {Promise<Trial>} */
  trialOf(number) {
    const { variants, points } = this.film.computing;
    if (!this.trials.has(number)) this.trials.set(number, Trial.of(variants[number], points));
    return this.trials.get(number);
  }

  close() {
    this.undo();
    this.grips.hide();
    this.trial = undefined;
  }

  /** Try the network of this variant.
   * @param {number} number */
  async choose(number) {
    this.undo();
    const trial = await this.trialOf(number);
    if (!byId("bench").open) return;
    this.number = number;
    this.trial = trial;
    this.showVariant();
    this.units = trial.net.activations.flatMap((_, layer) =>
      Array.from({ length: trial.net.layer_sizes[layer + 1] }, (_, unit) => ({ layer, unit })),
    );
    const options = this.units.map((unit, i) => new Option(nameOf(trial.net, unit, this.film.words), String(i)));
    byId("bench-unit").replaceChildren(...options);
    this.showUnit();
    this.follow();
  }

  /** Say which variant it is, where there are several. */
  showVariant() {
    const variant = byId("bench-variant");
    if (!variant) return;
    variant.value = String(this.number);
    this.say(`${this.film.words.variant}: ${this.trial.net.label}`);
  }

  /** Sliders and numbers for the parameters of the unit that is chosen. */
  showUnit() {
    const unit = this.units[Number(byId("bench-unit").value)];
    this.rows = partsOf(this.trial, unit, this.film.words).map((part) => this.row(part));
    byId("bench-rows").replaceChildren(...this.rows.map(({ slider }) => slider.parentElement));
    this.showNumbers();
  }

  /** @param {Part} part */
  row(part) {
    const [line, name, slider, number] = ["p", "span", "input", "input"].map((tag) => document.createElement(tag));
    name.textContent = part.name;
    name.id = `part-${part.place}`;
    for (const [input, type] of [
      [slider, "range"],
      [number, "number"],
    ]) {
      Object.assign(input, { type, step: type === "range" ? part.most / STEPS : "any" });
      input.setAttribute("aria-labelledby", name.id);
      input.addEventListener("input", () => input.value !== "" && this.change(part.place, Number(input.value), input));
    }
    Object.assign(slider, { min: -part.most, max: part.most });
    number.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
      const by = { ArrowUp: 1, ArrowDown: -1 }[event.key];
      if (!by) return;
      event.preventDefault();
      this.change(part.place, this.trial.parameters[part.place] + (by * part.most) / STEPS);
    });
    line.append(name, slider, number);
    return { part, slider, number };
  }

  /** @param {HTMLInputElement} [typed] that is left as it is */
  showNumbers(typed) {
    const { trial, film } = this;
    for (const { part, slider, number } of this.rows) {
      const value = trial.parameters[part.place];
      const isNumber = Number.isFinite(value);
      if (slider !== typed) slider.value = String(isNumber ? value : 0);
      if (number !== typed) number.value = isNumber ? String(Number(value.toPrecision(4))) : "";
      slider.setAttribute("aria-valuetext", this.written(value));
    }
    byId("bench-back").disabled = !trial.changed;
    byId("bench-score").textContent = this.told();
  }

  /** @param {number} value */
  written(value) {
    return short(value, this.film.words.decimal);
  }

  /** How good the network is, beside what was learned. */
  told() {
    const { trial, film } = this;
    const { classes } = trial.net;
    const written = (/** @type {number} */ score) =>
      classes ? `${(100 * score).toFixed(0)}\u2009%` : this.written(score);
    const [now, learned] = [trial.score(), trial.learnedScore].map(written);
    const told = filled(classes ? film.words.right : film.words.error, { value: now });
    return trial.changed ? filled(film.words.beside, { now: told, learned }) : told;
  }

  /** Let the film stand at the nearest frame whose parameters are here. */
  settle() {
    this.player.pause();
    const { inside } = this.trial.net;
    const away = (/** @type {number} */ frame) => Math.abs(frame - this.player.frame);
    const frames = [...inside.keys()].filter((frame) => inside[frame]);
    this.player.go(frames.reduce((best, frame) => (away(frame) < away(best) ? frame : best)));
  }

  /** @param {number} place @param {number} value @param {HTMLInputElement} [typed] */
  change(place, value, typed) {
    this.settle();
    this.grips.put.clear();
    this.trial.set(place, value);
    this.changed(typed);
  }

  /** Let a unit switch at a point.
   * @param {Unit} unit @param {number[]} point */
  move(unit, point) {
    this.settle();
    this.trial.switchAt(unit, point);
    this.changed();
  }

  /** @param {HTMLInputElement} [typed] */
  changed(typed) {
    this.showNumbers(typed);
    this.redraw(false);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      if (this.trial?.changed) this.redraw(true);
      this.say(byId("bench-score").textContent);
    }, SETTLED);
  }

  /** @param {boolean} isFine */
  redraw(isFine) {
    const { film, drawn, borrowed, number, trial, svg } = this;
    if (trial.net.layer_sizes[0] === 1) redrawCurves(film, drawn, borrowed, number, trial.parameters);
    else redrawMaps(film, svg, borrowed, number, trial.parameters, isFine ? Infinity : COARSE);
    this.grips.show();
  }

  /** Back to what was learned. */
  undo() {
    clearTimeout(this.timer);
    this.grips.put.clear();
    this.borrowed.giveBack();
    if (!this.trial) return;
    this.trial.changed = undefined;
    this.showNumbers();
    this.grips.show();
  }

  /** The frame of the film that is shown; what was changed in another is undone. */
  follow() {
    const { trial, player } = this;
    if (!trial || (trial.changed && !player.isPlaying && trial.frame === player.frame)) return;
    if (!player.isPlaying && !trial.net.inside[player.frame]) {
      this.settle();
      return;
    }
    trial.stand(player.frame);
    this.undo();
  }
}

/** @param {Player} player @param {Film} film @param {SVGSVGElement} svg @param {Tracks} tracks
 * @param {(text: string) => void} say */
function connectWorkbench(player, film, svg, tracks, say) {
  return new Workbench(player, film, svg, tracks, say);
}
