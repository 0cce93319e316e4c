// The maps of a changed network of two inputs, and the lines on them.

/** The maps of a network, drawn through at most so many points along each side.
 * @param {Film} film @param {SVGSVGElement} svg @param {Borrowed} borrowed @param {number} number of the variant
 * @param {Values} parameters @param {number} finest */
function redrawMaps(film, svg, borrowed, number, parameters, finest) {
  const net = film.computing.variants[number];
  film.computing.plots.forEach((shown, index) => {
    if (shown?.shows !== "map" || !shown.variants.includes(number)) return;
    const side = Math.min(shown.side, finest);
    const layers = forward(net, parameters, gridOver(net.domain, side));
    const outputs = answersOf(net, layers);
    const isDark = getComputedStyle(svg).getPropertyValue("--background").trim() === shown.grounds[1];
    const image = imageIn(svg, borrowed, film.plots[index], index);
    image.setAttribute("href", pictureOf(outputs, side, shown.colors[Number(isDark)], shown));
    const [boundary, ...lines] = strokesIn(svg, borrowed, film, index, net.classes > 0);
    const plot = film.plots[index];
    if (boundary) borrowed.draw(boundary, outlineOf(plot, boundariesOf(outputs), side));
    drawSwitches(net, layers, lines, borrowed, (values) => outlineOf(plot, values, side));
  });
}

/** Numbers, the odds of the second of two classes, or those of each class.
 * @param {Variant} net @param {Layer[]} layers */
function answersOf(net, layers) {
  const { preactivation, activation } = layers.at(-1);
  const outputs = net.classes && net.activations.at(-1).name === "sigmoid" ? preactivation : activation;
  return net.classes === 2 && outputs.length === 2 ? [outputs[1].map((value, i) => value - outputs[0][i])] : outputs;
}

/** What is 0 where the answer changes from one class to another.
 * @param {Values[]} outputs */
function boundariesOf(outputs) {
  if (outputs.length === 1) return outputs;
  return outputs
    .slice(0, -1)
    .map((own, number) =>
      own.map(
        (value, i) => value - Math.max(...outputs.filter((_, other) => other !== number).map((other) => other[i])),
      ),
    );
}

/** The lines at which units switch: those of the first layer on the first of these paths, all others on the last.
 * @param {Variant} net @param {Layer[]} layers @param {SVGElement[]} paths @param {Borrowed} borrowed
 * @param {(values: Values[]) => string} outline */
function drawSwitches(net, layers, paths, borrowed, outline) {
  const hidden = layers.slice(0, -1).map(({ preactivation }, layer) => (switches(net, layer) ? preactivation : []));
  const [first, ...later] = hidden;
  paths.forEach((path, number) => {
    const own = [...(number === 0 ? first : []), ...(number === paths.length - 1 && number ? later.flat() : [])];
    borrowed.draw(path, outline(own));
  });
}

/** Whether the slope of a layer's units changes at 0, and with it that of the output.
 * @param {Network} net @param {number} layer */
function switches(net, layer) {
  return ["relu", "leaky_relu", "prelu"].includes(net.activations[layer].name ?? "");
}

/** Where values on a grid are 0, in a plot.
 * @param {Plot} plot @param {Values[]} every @param {number} side */
function outlineOf({ box: [left, top, right, bottom] }, every, side) {
  const place = (/** @type {Point} */ [x, y]) =>
    [left + x * (right - left), bottom - y * (bottom - top)].map(Math.round);
  return every
    .flatMap((values) => zeroLines(values, side))
    .map((ends) => {
      const [[a, b], [c, d]] = ends.map(place);
      return `M${a} ${b}l${c - a} ${d - b}`;
    })
    .join("");
}

/** The picture that covers a map while it is borrowed.
 * @param {SVGSVGElement} svg @param {Borrowed} borrowed @param {Plot} plot @param {number} index */
function imageIn(svg, borrowed, { box: [left, top, right, bottom] }, index) {
  const known = borrowed.added.find((each) => each.dataset.plot === String(index));
  if (known) return known;
  const image = document.createElementNS(SVG, "image");
  const sides = { x: left, y: top, width: right - left, height: bottom - top, preserveAspectRatio: "none" };
  for (const [name, value] of Object.entries(sides)) image.setAttribute(name, String(value));
  image.dataset.plot = String(index);
  const parts = [...svg.querySelectorAll("path[transform]")].filter((path) => {
    const [x, y] = numbersOf(path.getAttribute("transform") ?? "");
    return Math.abs(x - left) < 12 && Math.abs(y - top) < 12; // the map's own are on whole pixels
  });
  const last = parts.at(-1);
  (last?.closest("g[data-s]") ?? last)?.after(image);
  borrowed.added.push(image);
  return image;
}

/** The moving lines over a map, from the widest on: the boundary between classes, or nothing where there is none, then
 * the lines of units.
 * @param {SVGSVGElement} svg @param {Borrowed} borrowed @param {Film} film @param {number} index
 * @param {boolean} hasBoundary @returns {(SVGElement | undefined)[]} */
function strokesIn(svg, borrowed, film, index, hasBoundary) {
  const moves = (/** @type {SVGElement} */ path) =>
    borrowed.elements.has(path) || path.querySelector("animate[attributeName=d]");
  const widthOf = (/** @type {SVGElement} */ path) => Number(path.getAttribute("stroke-width"));
  const found = [...svg.querySelectorAll("path[clip-path]")]
    .filter((path) => plotOf(path, film) === index && moves(path))
    .sort((one, other) => widthOf(other) - widthOf(one));
  return hasBoundary ? found : [undefined, ...found];
}
