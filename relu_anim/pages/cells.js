// What units of an activation map are at a place of their row, which has no height to be read: the page computes it.

class Cells {
  /** @param {Film} film @param {(Float32Array[] | undefined)[]} snapshots of each variant
   * @param {(Float32Array[] | undefined)[]} columns of each plot whose columns are points */
  constructor(film, snapshots, columns) {
    Object.assign(this, { film, snapshots, columns });
  }

  /** @param {Film} film */
  static async of(film) {
    const { variants, plots } = film.computing;
    const shown = plots.map((plot) => (plot?.shows === "cells" ? plot : undefined));
    const isNeeded = (/** @type {number} */ number) => shown.some((plot) => plot?.variants.includes(number));
    const snapshots = variants.map((net, number) =>
      net && isNeeded(number) ? snapshotsOf(net.packed, parameterCount(net)) : undefined,
    );
    const columns = shown.map((plot) => plot?.columns && snapshotsOf(plot.columns, 2));
    return new Cells(film, await Promise.all(snapshots), await Promise.all(columns));
  }

  /** The activation of a unit at a place of a plot, in words; nothing where the parameters of a frame are not inside.
   * @param {number} subject @param {Point} place @param {number} frame @returns {string | undefined} */
  told(subject, place, frame) {
    const { words, subjects, computing, plots } = this.film;
    const [, , variant, layer, unit] = subjects[subject];
    const at = plots.findIndex((plot) => isInside(plot, place));
    const [net, shown] = [computing.variants[variant], computing.plots[at]];
    if (!net?.inside[frame] || shown?.shows !== "cells") return undefined;
    const [inputs, named] = this.inputs(at, net, place);
    const parameters = this.snapshots[variant][net.frames[frame]];
    const [value] = forward(net, parameters, inputs, Float64Array)[layer].activation[unit];
    return filled(words.at, { y: `${shown.name} ${short(value, words.decimal)}`, x: named });
  }

  /** The inputs of a column, and how they are written.
   * @param {number} at @param {Variant} net @param {Point} place @returns {[ArrayLike<number>, string]} */
  inputs(at, net, [across]) {
    const { plots, unit, words } = this.film;
    const { box, x } = plots[at];
    const [left, , right] = box;
    const share = (across - left) / (right - left);
    const points = this.columns[at];
    if (points) {
      const own = points[Math.min(Math.max(Math.floor(share * points.length), 0), points.length - 1)];
      return [own, net.inputs.map((name, i) => counted(name, short(own[i], words.decimal))).join(", ")];
    }
    const value = valueAt(x, share);
    return [[value], counted(x.name, written(x, value, (right - left) / unit, words.decimal))];
  }
}
