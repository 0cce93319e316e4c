// Places in the picture: what axes count there, and the lines of paths at a frame. Numbers only; no page is touched.

/** @typedef {[number, number]} Point */
/** @typedef {{name: string, ends: Point, scale: "linear" | "log" | "log1p", percent?: boolean}} Axis */
/** @typedef {{box: [number, number, number, number], x?: Axis, y?: Axis}} Plot left, top, right, bottom */

const SCALES = {
  linear: [(value) => value, (value) => value],
  log: [Math.log, Math.exp],
  log1p: [Math.log1p, Math.expm1],
};

/** The value of an axis at a share of its length.
 * @param {Axis} axis @param {number} share */
function valueAt(axis, share) {
  const [forth, back] = SCALES[axis.scale];
  const [low, high] = axis.ends.map(forth);
  return back(low + share * (high - low));
}

/** At which share of the length of an axis a value is.
 * @param {Axis} axis @param {number} value */
function shareOf(axis, value) {
  const [forth] = SCALES[axis.scale];
  const [low, high] = axis.ends.map(forth);
  return (forth(value) - low) / (high - low);
}

/** What the axes of a plot say of a place in the picture.
 * @param {Plot} plot @param {Point} place @returns {Point} */
function toData({ box: [left, top, right, bottom], x, y }, [across, down]) {
  return [valueAt(x, (across - left) / (right - left)), valueAt(y, (bottom - down) / (bottom - top))];
}

/** Where a point is in the picture.
 * @param {Plot} plot @param {Point} point @returns {Point} */
function toPicture({ box: [left, top, right, bottom], x, y }, [a, b]) {
  return [left + shareOf(x, a) * (right - left), bottom - shareOf(y, b) * (bottom - top)];
}

/** @param {Plot} plot @param {Point} place @param {number} beyond */
function isInside({ box: [left, top, right, bottom] }, [x, y], beyond = 0) {
  return x >= left - beyond && x <= right + beyond && y >= top - beyond && y <= bottom + beyond;
}

/** A value on an axis in as many digits as half a pixel of the film shows, or in three where they are not even.
 * @param {Axis} axis @param {number} value @param {number} pixels @param {string} decimal */
function written(axis, value, pixels, decimal) {
  const half = Math.abs(axis.ends[1] - axis.ends[0]) / pixels / 2;
  const digits = axis.scale === "linear" ? Math.min(Math.max(Math.ceil(-Math.log10(half)), 0), 12) : 0;
  if (axis.percent) return `${signed((100 * value).toFixed(Math.max(digits - 2, 0)), decimal)}\u2009%`;
  const isWhole = axis.scale === "log1p" || (digits === 0 && axis.scale === "linear");
  if (isWhole) return signed(value.toFixed(0), decimal);
  return axis.scale === "linear" ? signed(value.toFixed(digits), decimal) : short(value, decimal);
}

/** A number in three digits: 0.53, 5.4·10⁻⁴; a dash for what is none, as after a training that broke off.
 * @param {number} value @param {string} decimal */
function short(value, decimal) {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size === 0 || (size >= 1e-3 && size < 1e5)) return signed(String(Number(value.toPrecision(3))), decimal);
  const [factor, exponent] = value.toExponential(1).split("e");
  return `${signed(factor, decimal)}·10${[...exponent].map((sign) => RAISED[sign] ?? "").join("")}`;
}
const RAISED = { "-": "⁻", ...Object.fromEntries([..."⁰¹²³⁴⁵⁶⁷⁸⁹"].map((sign, digit) => [digit, sign])) };

/** @param {string} text @param {string} decimal */
function signed(text, decimal) {
  return (Number(text) === 0 ? text.replace("-", "") : text.replace("-", "−")).replace(".", decimal);
}

/** The lines of a path of ours: M, l, h, v and z, with steps.
 * @param {string} d @returns {Point[][]} */
function linesOf(d) {
  const lines = [];
  let [x, y] = [0, 0];
  for (const [, kind, text] of d.matchAll(/([Mlhv])([^Mlhvz]*)/g)) {
    const numbers = numbersOf(text);
    if (kind === "M") lines.push([([x, y] = numbers)]);
    else if (kind === "l")
      for (let i = 0; i < numbers.length; i += 2) lines.at(-1).push([(x += numbers[i]), (y += numbers[i + 1])]);
    else
      for (const step of numbers.filter(Boolean)) {
        if (kind === "h") x += step;
        else y += step;
        lines.at(-1).push([x, y]);
      }
  }
  return lines;
}

/** @param {string} text */
function numbersOf(text) {
  return (text.match(/-?[\d.]+/g) ?? []).map(Number);
}

/** The part of lines that lies left of a place, for those that grow to the right.
 * @param {Point[][]} lines @param {number} right */
function cutAt(lines, right) {
  return lines.map((line) => {
    const after = line.findIndex(([x]) => x > right);
    if (after < 0) return line;
    return after ? [...line.slice(0, after), between(line[after - 1], line[after], right)] : [];
  });
}

/** @param {Point} from @param {Point} to @param {number} x @returns {Point} */
function between([a, b], [c, d], x) {
  return [x, c === a ? d : b + ((x - a) / (c - a)) * (d - b)];
}

/** How high lines are at x: the place that is nearest to another; undefined where none is.
 * @param {Point[][]} lines @param {Point} near @returns {Point | undefined} */
function heightAt(lines, near) {
  const [x, y] = near;
  const found = lines.flatMap((line) =>
    line.slice(1).flatMap((end, i) => {
      const start = line[i];
      return Math.min(start[0], end[0]) <= x && x <= Math.max(start[0], end[0]) ? [between(start, end, x)] : [];
    }),
  );
  return nearest(found, [x, y]);
}

/** @param {Point[]} points @param {Point} near @returns {Point | undefined} */
function nearest(points, near) {
  let best;
  let least = Infinity;
  for (const point of points) {
    const away = distance(point, near);
    if (away < least) [least, best] = [away, point];
  }
  return best;
}

/** @param {Point} one @param {Point} other */
function distance([a, b], [c, d]) {
  return Math.hypot(a - c, b - d);
}

/** The place on lines that is nearest to another.
 * @param {Point[][]} lines @param {Point} near */
function nearestOn(lines, near) {
  return nearest(
    lines.flatMap((line) => line.slice(1).map((end, i) => nearestOnPiece(line[i], end, near))),
    near,
  );
}

/** @param {Point} from @param {Point} to @param {Point} near @returns {Point} */
function nearestOnPiece([a, b], [c, d], [x, y]) {
  const [across, down] = [c - a, d - b];
  const long = across * across + down * down;
  const share = long ? Math.min(Math.max(((x - a) * across + (y - b) * down) / long, 0), 1) : 0;
  return [a + share * across, b + share * down];
}
