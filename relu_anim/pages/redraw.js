// What a changed network looks like: its curves, knots and maps stand where those stood that were learned.

/** @typedef {{shows: "output" | "row" | "pieces" | "map" | "cells", after?: boolean, name?: string, columns?: string, bias?: string, variants: number[], grips?: boolean, names?: string[],
 *   grounds?: [string, string], colors?: [string[], string[]], thresholds?: number[], inside?: Point[], side?: number}} Shown in a plot */
/** @typedef {Network & {label: string, inputs: string[], domain: [number, number][], points: number, packed: string,
 *   frames: number[], inside: boolean[], classes: number, logit: boolean}} Variant */
/** @typedef {{path: SVGElement, plot: number, kind: string, name: string, variant: number, layer: number,
 *   unit: number}} Drawn */

const CURVE_POINTS = 501;
const FAR = 1e5; // units of the picture, beyond all that is seen

/** All that shows networks: each path with its plot and what it shows.
 * @param {Film} film @param {SVGSVGElement} svg @returns {Drawn[]} */
function drawnIn(film, svg) {
  return [...svg.querySelectorAll("g[data-s]")].flatMap((group) => {
    const [kind, name, variant, layer, unit] = film.subjects[Number(group.dataset.s)];
    return [...group.querySelectorAll("path")]
      .map((path) => ({ path, plot: plotOf(path, film), kind, name, variant, layer, unit }))
      .filter(({ plot }) => film.computing.plots[plot]);
  });
}

/** The plot to whose box an element is cut, which ends in whole pixels, or -1.
 * @param {SVGElement} element @param {Film} film */
function plotOf(element, { plots, unit }) {
  const name = element.getAttribute("clip-path")?.slice(5, -1);
  const rect = name && document.getElementById(name)?.firstElementChild;
  if (!rect) return -1;
  const [x, y, width, height] = ["x", "y", "width", "height"].map((side) => Number(rect.getAttribute(side)));
  const sides = [x, y, x + width, y + height];
  return plots.findIndex(({ box }) => box.every((side, number) => Math.abs(side - sides[number]) <= 2 * unit));
}

/** Elements that show something else than the film does, until they are given back. */
class Borrowed {
  /** @param {Tracks} tracks */
  constructor(tracks) {
    this.tracks = tracks;
    /** @type {Map<SVGElement, {attributes: [string, string | null][], animations: Element[], own?: Map<string, Track>}>} */
    this.elements = new Map();
    /** @type {SVGElement[]} */
    this.added = [];
    /** @type {SVGElement[]} */
    this.hidden = [];
  }

  /** Let a path have this course, or none.
   * @param {SVGElement} path @param {string} d */
  draw(path, d) {
    if (!this.elements.has(path)) {
      const animations = [...path.querySelectorAll("animate")].filter((each) =>
        ["d", "display"].includes(each.getAttribute("attributeName") ?? ""),
      );
      const attributes = ["d", "display"].map((name) => [name, path.getAttribute(name)]);
      this.elements.set(path, { attributes, animations, own: this.tracks.found.get(path) });
      this.tracks.found.delete(path);
      for (const each of animations) each.remove();
      path.removeAttribute("display");
    }
    path.setAttribute("d", d);
  }

  /** Let an element not be seen.
   * @param {SVGElement} element */
  hide(element) {
    element.style.visibility = "hidden";
    this.hidden.push(element);
  }

  giveBack() {
    for (const element of this.hidden) element.style.visibility = "";
    this.hidden = [];
    for (const [path, { attributes, animations, own }] of this.elements) {
      if (own) this.tracks.found.set(path, own);
      for (const [name, value] of attributes)
        value === null ? path.removeAttribute(name) : path.setAttribute(name, value);
      path.append(...animations);
    }
    for (const element of this.added) element.remove();
    this.elements.clear();
    this.added = [];
  }
}

/** The output as plots show it: of two classes the probability of the second.
 * @param {Variant} net @param {Values} values */
function asShown(net, values) {
  return net.logit ? values.map(sigmoid) : values;
}

/** Inputs at which the curves of a network are drawn: where they bend, or everywhere.
 * @param {Variant} net @param {Values} parameters */
function inputsFor(net, parameters) {
  const [low, high] = net.domain[0];
  if (isStraight(net) && !net.logit) return [low, ...bends(net, parameters, [low, high]).map((bend) => bend.x), high];
  return Array.from({ length: CURVE_POINTS }, (_, i) => low + ((high - low) * i) / (CURVE_POINTS - 1));
}

/** The values of a curve; undefined of what follows no network.
 * @param {Drawn} drawn @param {Shown} shown @param {Variant} net @param {Values} parameters @param {Layer[]} layers
 * @returns {Values | undefined} */
function valuesOf({ kind, name, layer, unit }, shown, net, parameters, layers) {
  const last = layers.length - 1;
  const { weight, bias, inputs } = slots(net)[last];
  const side = shown.after ? "activation" : "preactivation";
  if (kind === "output") {
    return shown.shows === "output" ? asShown(net, layers[last].activation[unit]) : layers[last][side][unit];
  }
  if (kind === "unit" && shown.shows === "pieces") {
    const factor = parameters[weight + (unit % inputs)] * net.output_spread;
    return layers[layer].activation[unit].map((value) => factor * value);
  }
  if (kind === "unit" && shown.shows === "row") return layers[layer][side][unit];
  const isBias = shown.shows === "pieces" && kind === "curve" && name.endsWith(shown.bias);
  return isBias
    ? layers[last].activation[0].map(() => parameters[bias] * net.output_spread + net.output_center)
    : undefined;
}

/** A course through points of a plot, with gaps where there is no number.
 * @param {Plot} plot @param {ArrayLike<number>} x @param {ArrayLike<number>} y */
function courseOf(plot, x, y) {
  const parts = [];
  let before;
  for (let i = 0; i < x.length; i++) {
    const [across, down] = toPicture(plot, [x[i], y[i]]).map((side) => Math.round(Math.min(Math.max(side, -FAR), FAR)));
    const isThere = !Number.isNaN(down);
    if (isThere) parts.push(before ? `${across - before[0]} ${down - before[1]}` : `M${across} ${down}l`);
    before = isThere ? [across, down] : undefined;
  }
  return parts
    .join(" ")
    .replace(/l (?=M)|l$/g, "")
    .replaceAll("l ", "l");
}

/** Single places, at which markers stand: at all but the end, so that the last one is there twice.
 * @param {Point[]} places */
function stationsOf(places) {
  const rounded = places.map((place) => place.map(Math.round));
  const steps = rounded.slice(1).map(([x, y], i) => `${x - rounded[i][0]} ${y - rounded[i][1]}`);
  return places.length ? `M${rounded[0].join(" ")}${steps.length ? "l" : ""}${steps.join(" ")}h0` : "";
}

/** The curves and knots of a network of one input, in all plots that show it.
 * @param {Film} film @param {Drawn[]} drawn @param {Borrowed} borrowed @param {number} number of the variant
 * @param {Values} parameters */
function redrawCurves(film, drawn, borrowed, number, parameters) {
  const net = film.computing.variants[number];
  const x = inputsFor(net, parameters);
  const layers = forward(net, parameters, x, Float64Array);
  for (const each of drawn.filter(({ variant }) => variant === number)) {
    const [plot, shown] = [film.plots[each.plot], film.computing.plots[each.plot]];
    if (each.kind === "knot") {
      borrowed.draw(each.path, stationsOf(knotsIn(plot, net, parameters).map(({ place }) => place)));
      continue;
    }
    const values = valuesOf(each, shown, net, parameters, layers);
    if (!values) continue;
    borrowed.draw(each.path, courseOf(plot, x, values));
    const name = shown.names?.[shown.variants.indexOf(number)];
    if (name) hideName(name, each.path, plot, [x.at(-1), values.at(-1)], borrowed);
  }
}

/** Hide the name at the end of a curve that has moved away from it.
 * @param {string} name @param {SVGElement} path @param {Plot} plot @param {Point} end @param {Borrowed} borrowed */
function hideName(name, path, plot, end, borrowed) {
  const [right, down] = toPicture(plot, end);
  for (const text of path.ownerSVGElement.querySelectorAll("text")) {
    const { x, y, height } = text.getBBox();
    const isHere = text.textContent === name && x >= right && y + height > plot.box[1] && y < plot.box[3];
    if (isHere && Math.abs(y + height / 2 - down) > height) borrowed.hide(text);
  }
}

/** Where the bends of the output stand in a plot that shows it.
 * @param {Plot} plot @param {Variant} net @param {Values} parameters @param {typeof bends} which
 * @param {(net: Variant, values: Values) => Values} read */
function knotsIn(plot, net, parameters, which = knots, read = asShown) {
  const found = which(net, parameters, net.domain[0]);
  const at = Float64Array.from(found, (bend) => bend.x);
  const output = at.length ? forward(net, parameters, at, Float64Array).at(-1).activation[0] : at;
  const y = read(net, output);
  return found.map((bend, i) => ({ ...bend, place: toPicture(plot, [bend.x, y[i]]) }));
}
