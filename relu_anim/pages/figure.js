// The page of a figure that does not move. What is seen in it is read in the numbers that it was drawn from.

/** @typedef {{x: number[], y?: number[], columns: [string, string[]][]}} Reading rows from left to right: where they are
 *   on the axes (along a curve, on that of x alone), and what is said of each */

class Figure extends Marks {
  /** @param {Film} film @param {SVGSVGElement} svg @param {Record<string, Reading>} readings */
  constructor(film, svg, readings) {
    super({ frame: 0 }, film, svg, { at: (element, name) => element.getAttribute(name) });
    this.readings = readings;
  }

  /** The only one. */
  plotOf() {
    return this.film.plots[0];
  }

  /** @param {Piece} piece @param {Point} place @returns {Hit & {row: number}} */
  hit(piece, place) {
    const { x, y } = this.readings[piece.subject];
    const plot = this.plotOf();
    const away = y
      ? x.map((each, row) => distance(toPicture(plot, [each, y[row]]), place))
      : x.map((each) => Math.abs(each - toData(plot, place)[0]));
    const row = away.indexOf(Math.min(...away));
    return this.atRow(piece, row, place[1]);
  }

  /** A row on a piece; where that is met several times, near a height.
   * @param {Piece} piece @param {number} row */
  atRow(piece, row, height = 0) {
    const { x, y } = this.readings[piece.subject];
    const plot = this.plotOf();
    const [across, down] = toPicture(plot, [x[row], y?.[row] ?? 0]);
    const place = y ? [across, down] : this.onCurve(piece, [across, height]);
    const [left, top, right, bottom] = plot.box;
    place[0] = Math.min(Math.max(place[0], left), right);
    place[1] = Math.min(Math.max(place[1], top), bottom);
    return { subject: piece.subject, plot, place, value: toData(plot, place), row };
  }

  /** How high the curve of a piece is drawn, which may be that between its points.
   * @param {Piece} piece @param {Point} place @returns {Point} */
  onCurve(piece, place) {
    const lines = this.lines(piece.hasPoints ? this.first(piece.subject) : piece);
    return heightAt(lines, place) ?? [...nearestOn(lines, place)];
  }

  /** The curve of a subject, or its points.
   * @param {number} subject */
  first(subject) {
    const own = this.pieces.filter((piece) => piece.subject === subject && this.lines(piece).length);
    return own.find(({ hasPoints }) => !hasPoints) ?? own[0];
  }

  /** @param {number} subject @param {number} share */
  atShare(subject, share) {
    return this.atRow(this.first(subject), Math.round(share * this.last(subject)));
  }

  last(/** @type {number} */ subject) {
    return this.readings[subject].x.length - 1;
  }

  /** Left and right lead from row to row, with Shift farther.
   * @param {KeyboardEvent} event @param {number} subject */
  step({ key, shiftKey }, subject) {
    const row = 1 / Math.max(this.last(subject), 1);
    const share = shiftKey ? Math.max(ALONG, row) : row;
    return { ArrowLeft: -share, ArrowRight: share }[key];
  }

  /** Its numbers by name, none of them in two lines.
   * @param {Hit & {row: number}} hit */
  value({ subject, row }) {
    const pairs = this.readings[subject].columns.map(([name, texts]) => `${name}\u00a0=\u00a0${texts[row]}`);
    return pairs.join(this.film.decimal === "," ? "; " : ", ").replaceAll("\u2009", "\u202f");
  }
}

const figure = document.querySelector(".picture");
const { film, readings } = JSON.parse(await unpacked("known"));
connectMarks(new Figure(film, figure, readings), figure);
