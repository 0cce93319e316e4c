// Maps over two inputs: values on a square grid, the lines along which they are 0, and the picture of their bands.

/** The points of a grid over a rectangle, x and y in turn; x changes fastest, and both go up.
 * @param {[number, number][]} domain @param {number} side */
function gridOver(domain, side) {
  const [[left, right], [low, high]] = domain;
  const points = new Float64Array(2 * side * side);
  for (let i = 0; i < side * side; i++) {
    points[2 * i] = left + ((right - left) * (i % side)) / (side - 1);
    points[2 * i + 1] = low + ((high - low) * Math.floor(i / side)) / (side - 1);
  }
  return points;
}

/** The lines along which values on a grid are 0: the ends of each piece, as shares of the width and of the height.
 * @param {ArrayLike<number>} values @param {number} side @returns {[Point, Point][]} */
function zeroLines(values, side) {
  const found = [];
  for (let row = 0; row < side - 1; row++) {
    for (let column = 0, at = row * side; column < side - 1; column++, at++) {
      const isHigh = values[at] > 0;
      const isAlike = values[at + 1] > 0 === isHigh && values[at + side] > 0 === isHigh;
      if (isAlike && values[at + side + 1] > 0 === isHigh) continue;
      const ends = crossings(values, side, row, column).filter((end) => end.every(Number.isFinite));
      if (ends.length < 2) continue;
      found.push([ends[0], ends[1]]);
      if (ends.length === 4) found.push([ends[2], ends[3]]);
    }
  }
  return found;
}

/** Where the edges of one cell cross 0, in the order in which they stand around it.
 * @param {ArrayLike<number>} values @param {number} side @param {number} row @param {number} column */
function crossings(values, side, row, column) {
  const at = row * side + column;
  const [a, b, c, d] = [values[at], values[at + 1], values[at + 1 + side], values[at + side]];
  /** @type {[number, number, number, number, number, number][]} */
  const edges = [
    [a, b, 0, 0, 1, 0],
    [b, c, 1, 0, 0, 1],
    [c, d, 1, 1, -1, 0],
    [d, a, 0, 1, 0, -1],
  ];
  return edges
    .filter(([from, to]) => from > 0 !== to > 0)
    .map(([from, to, x, y, right, up]) => {
      const share = from / (from - to);
      return /** @type {Point} */ ([(column + x + share * right) / (side - 1), (row + y + share * up) / (side - 1)]);
    });
}

/** How many thresholds are at or below a value.
 * @param {number[]} thresholds @param {number} value */
function bandOf(thresholds, value) {
  let band = 0;
  for (const threshold of thresholds) if (value >= threshold) band += 1;
  return band;
}

/** Which colour of a map a place has: by its number or the odds of its second class, or else by the likeliest class.
 * @param {number[]} values of each output @param {number[]} thresholds */
function colorOf(values, thresholds) {
  if (values.length === 1) return bandOf(thresholds, values[0]);
  const most = Math.max(...values);
  const sure = 1 / values.reduce((sum, value) => sum + Math.exp(value - most), 0);
  return values.indexOf(most) * (thresholds.length + 1) + bandOf(thresholds, sure);
}

/** Values on a grid at the centres of pixels, from the top left one on, between those of the grid.
 * @param {ArrayLike<number>} values @param {number} side @param {number} pixels along each side */
function stretched(values, side, pixels) {
  const found = new Float64Array(pixels * pixels);
  const places = Array.from({ length: pixels }, (_, i) => ((i + 0.5) / pixels) * (side - 1));
  for (let i = 0, down = pixels - 1; down >= 0; down--) {
    const row = Math.min(Math.floor(places[down]), side - 2);
    const above = places[down] - row;
    for (const place of places) {
      const column = Math.min(Math.floor(place), side - 2);
      const right = place - column;
      const at = row * side + column;
      const below = values[at] + right * (values[at + 1] - values[at]);
      found[i++] = below + above * (values[at + side] + right * (values[at + side + 1] - values[at + side]) - below);
    }
  }
  return found;
}

/** A map as a picture in its colours, those outside of the part that is trained after all others.
 * @param {ArrayLike<number>[]} outputs each on a grid @param {number} side @param {string[]} colors
 * @param {{thresholds: number[], inside: Point[]}} map */
function pictureOf(outputs, side, colors, { thresholds, inside: [start, end] }) {
  const pixels = 2 * side;
  const canvas = Object.assign(document.createElement("canvas"), { width: pixels, height: pixels });
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const image = context.createImageData(pixels, pixels);
  const paints = new Uint32Array(colors.map(paintOf));
  const bits = new Uint32Array(image.data.buffer);
  const every = outputs.map((each) => stretched(each, side, pixels));
  const values = every.map(() => 0);
  for (let i = 0; i < bits.length; i++) {
    const [across, up] = [((i % pixels) + 0.5) / pixels, 1 - (Math.floor(i / pixels) + 0.5) / pixels];
    const isInside = across >= start[0] && across <= end[0] && up >= start[1] && up <= end[1];
    every.forEach((each, output) => (values[output] = each[i]));
    bits[i] = paints[colorOf(values, thresholds) + (isInside ? 0 : paints.length / 2)];
  }
  context.putImageData(image, 0, 0);
  return canvas.toDataURL();
}

/** #rrggbb as a pixel: opaque, blue, green and red.
 * @param {string} color */
function paintOf(color) {
  const code = parseInt(color.slice(1), 16);
  return (0xff000000 | ((code & 255) << 16) | (code & 0xff00) | (code >> 16)) >>> 0;
}
