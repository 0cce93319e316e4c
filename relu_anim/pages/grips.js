// Grips in the picture: where units switch, at knots of the output or on the lines of a map, to be dragged elsewhere.

/** @typedef {Unit & {plot: Plot, place: Point, nth: number}} Hold where a grip stands, the n-th of its unit in a plot */

const NUDGE = 0.01; // of an axis, that a key moves a grip
/** @type {Record<string, Point>} */
const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1], Home: [-FAR, 0], End: [FAR, 0] };

class Grips {
  /** @param {Workbench} bench */
  constructor(bench) {
    this.bench = bench;
    this.layer = document.createElementNS(SVG, "g");
    this.layer.setAttribute("class", "grips");
    bench.svg.append(this.layer);
    this.layer.addEventListener("pointerover", () => bench.svg.dispatchEvent(new PointerEvent("pointerleave")));
    for (const kind of ["pointermove", "pointerup"])
      this.layer.addEventListener(kind, (event) => event.stopPropagation());
    new ResizeObserver(() => bench.trial && this.show()).observe(bench.svg);
    /** @type {Map<string, SVGElement>} */
    this.circles = new Map();
    /** Where a reader has put them, along the line of their unit.
     * @type {Map<string, Point>} */
    this.put = new Map();
  }

  hide() {
    this.layer.replaceChildren();
    this.circles.clear();
  }

  /** As large on every screen, and larger for fingers. */
  get radius() {
    const { svg } = this.bench;
    const pixels = matchMedia("(pointer: coarse)").matches ? 12 : 6;
    return Math.round((pixels * svg.viewBox.baseVal.width) / svg.clientWidth);
  }

  /** Grips where the units of the network now switch, while the film stands. One that was there stays the same element,
   * as what is dragged. */
  show() {
    const { film, player } = this.bench;
    this.layer.classList.toggle("off", player.isPlaying);
    if (player.isPlaying) return;
    const wanted = new Map();
    film.computing.plots.forEach((shown, number) => {
      if (!shown) return;
      /** @type {Record<string, number>} */
      const counts = {};
      for (const hold of this.holdsIn(film.plots[number], shown, this.bench.trial, this.bench.number)) {
        const unit = `${number}-${hold.layer}-${hold.unit}`;
        counts[unit] = (counts[unit] ?? -1) + 1;
        const place = this.put.get(unit) ?? hold.place;
        if (!place.every(Number.isFinite)) continue; // of numbers beyond all bounds
        wanted.set(`${unit}-${counts[unit]}`, { ...hold, place, plot: film.plots[number] });
      }
    });
    for (const [key, circle] of this.circles) circle.classList.toggle("off", !wanted.has(key));
    for (const [key, hold] of wanted) this.place(this.circle(key, hold), hold);
  }

  /** Whether there is something to drag of a variant, as it stands.
   * @param {Trial} trial @param {number} number of the variant */
  has(trial, number) {
    const { plots, computing } = this.bench.film;
    const holds = computing.plots.flatMap((shown, at) => (shown ? this.holdsIn(plots[at], shown, trial, number) : []));
    return holds.some(({ place }) => place.every(Number.isFinite));
  }

  /** @param {Plot} plot @param {Shown} shown @param {Trial} trial @param {number} number of the variant */
  holdsIn(plot, shown, { net, parameters }, number) {
    if (!shown.variants.includes(number)) return [];
    if (shown.shows === "map") return linesIn(plot, net, parameters);
    if (!shown.grips || !isStraight(net)) return [];
    return knotsIn(plot, net, parameters, bends, shown.shows === "output" ? asShown : (_, values) => values);
  }

  /** @param {string} key @param {Hold} hold */
  circle(key, { layer, unit, plot }) {
    const known = this.circles.get(key);
    if (known) return known;
    const circle = document.createElementNS(SVG, "circle");
    const { film, trial } = this.bench;
    const name = filled(film.words.knot_of, { unit: nameOf(trial.net, { layer, unit }, film.words) });
    const attributes = { tabindex: 0, role: "slider", "aria-label": name };
    for (const [attribute, value] of Object.entries(attributes)) circle.setAttribute(attribute, String(value));
    circle.addEventListener("pointerdown", (event) => this.drag(event, circle, { layer, unit }, plot));
    circle.addEventListener("keydown", (event) => this.nudge(event, circle, { layer, unit }, plot));
    circle.addEventListener("focus", () => this.choose({ layer, unit }));
    this.circles.set(key, circle);
    this.layer.append(circle);
    return circle;
  }

  /** @param {SVGElement} circle @param {Hold} hold */
  place(circle, { plot, place }) {
    const [left, top, right, bottom] = plot.box;
    const [x, y] = [Math.min(Math.max(place[0], left), right), Math.min(Math.max(place[1], top), bottom)];
    const value = toData(plot, [x, y]);
    const { decimal } = this.bench.film.words;
    const isMap = this.bench.trial.net.layer_sizes[0] === 2;
    const told = (isMap ? value : value.slice(0, 1)).map((each) => short(each, decimal)).join(", ");
    const attributes = {
      r: this.radius,
      cx: Math.round(x),
      cy: Math.round(y),
      "aria-valuemin": plot.x.ends[0],
      "aria-valuemax": plot.x.ends[1],
      "aria-valuenow": Number(value[0].toPrecision(4)),
      "aria-valuetext": told,
    };
    for (const [attribute, each] of Object.entries(attributes)) circle.setAttribute(attribute, String(each));
  }

  /** Show the parameters of a unit.
   * @param {Unit} unit */
  choose({ layer, unit }) {
    const { units } = this.bench;
    const select = byId("bench-unit");
    const found = String(units.findIndex((each) => each.layer === layer && each.unit === unit));
    if (select.value === found) return;
    select.value = found;
    this.bench.showUnit();
  }

  /** @param {PointerEvent} event @param {SVGElement} circle @param {Unit} unit @param {Plot} plot */
  drag(event, circle, unit, plot) {
    if (event.button) return;
    event.preventDefault();
    circle.focus({ preventScroll: true });
    circle.setPointerCapture(event.pointerId);
    const follow = (/** @type {PointerEvent} */ at) => {
      const place = new DOMPoint(at.clientX, at.clientY).matrixTransform(this.bench.svg.getScreenCTM().inverse());
      this.moveTo(unit, plot, [place.x, place.y]);
    };
    const stop = () => {
      circle.removeEventListener("pointermove", follow);
      for (const end of ["pointerup", "pointercancel"]) circle.removeEventListener(end, stop);
    };
    circle.addEventListener("pointermove", follow);
    for (const end of ["pointerup", "pointercancel"]) circle.addEventListener(end, stop);
  }

  /** Let a unit switch at a place of a plot, or at its edge.
   * @param {Unit} unit @param {Plot} plot @param {Point} place */
  moveTo(unit, plot, [x, y]) {
    const { film, trial } = this.bench;
    const [left, top, right, bottom] = plot.box;
    const inside = /** @type {Point} */ ([
      Math.min(Math.max(x, left + 1), right - 1),
      Math.min(Math.max(y, top + 1), bottom - 1),
    ]);
    const { length } = trial.net.inputs;
    if (length > 1) this.put.set(`${film.plots.indexOf(plot)}-${unit.layer}-${unit.unit}`, inside);
    this.bench.move(unit, toData(plot, inside).slice(0, length));
  }

  /** @param {KeyboardEvent} event @param {SVGElement} circle @param {Unit} unit @param {Plot} plot */
  nudge(event, circle, unit, plot) {
    const way = WAYS[event.key];
    if (!way || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    const [left, top, right, bottom] = plot.box;
    const step = NUDGE * (event.shiftKey ? 5 : 1);
    const isMap = this.bench.trial.net.layer_sizes[0] === 2;
    const [across, down] = isMap ? way : [way[0] || -way[1], 0];
    const [x, y] = ["cx", "cy"].map((name) => Number(circle.getAttribute(name)));
    this.moveTo(unit, plot, [x + across * step * (right - left), y + down * step * (bottom - top)]);
  }
}

/** Where the lines at which units of the first layer switch cross a map: the middle of each.
 * @param {Plot} plot @param {Variant} net @param {Values} parameters */
function linesIn(plot, net, parameters) {
  const side = 2;
  const [{ preactivation }] = forward(net, parameters, gridOver(net.domain, side), Float64Array);
  if (net.activations.length < 2 || !["relu", "leaky_relu", "prelu"].includes(net.activations[0].name ?? "")) return [];
  const [left, top, right, bottom] = plot.box;
  return preactivation.flatMap((values, unit) =>
    zeroLines(values, side).map(([[a, b], [c, d]]) => ({
      layer: 0,
      unit,
      place: /** @type {Point} */ ([left + ((a + c) / 2) * (right - left), bottom - ((b + d) / 2) * (bottom - top)]),
    })),
  );
}
