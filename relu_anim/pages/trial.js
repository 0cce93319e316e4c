// The network that a reader tries out: what was learned in a frame, what he makes of it, and how good that is.

/** @typedef {{layer: number, unit: number}} Unit */
/** @typedef {{name: string, place: number, most: number}} Part a parameter, its place, and how far it may go */

/** The network of one variant: what was learned in a frame, and what a reader makes of it. */
class Trial {
  /** @param {Variant} net @param {Float32Array[]} snapshots @param {Float32Array[]} points */
  constructor(net, snapshots, points) {
    this.net = net;
    this.snapshots = snapshots;
    this.x = Float64Array.from(points.flatMap((point) => [...point.slice(0, -1)]));
    this.y = points.map((point) => point[point.length - 1]);
    this.stand(0);
  }

  /** @param {Variant} net @param {string[]} points those of all variants */
  static async of(net, points) {
    return new Trial(
      net,
      await snapshotsOf(net.packed, parameterCount(net)),
      await snapshotsOf(points[net.points], net.layer_sizes[0] + 1),
    );
  }

  /** Begin with what was learned in a frame.
   * @param {number} frame */
  stand(frame) {
    this.frame = frame;
    /** @type {Float32Array | undefined} */
    this.changed = undefined;
    this.learnedScore = this.score();
  }

  get learned() {
    return this.snapshots[this.net.frames[this.frame]];
  }

  get parameters() {
    return this.changed ?? this.learned;
  }

  /** @param {number} place @param {number} value */
  set(place, value) {
    this.changed ??= this.learned.slice();
    this.changed[place] = value;
  }

  /** Move the bias of a unit so that it switches at a point.
   * @param {Unit} unit @param {number[]} point */
  switchAt({ layer, unit }, point) {
    const value = forward(this.net, this.parameters, point, Float64Array)[layer].preactivation[unit][0];
    const place = slots(this.net)[layer].bias + unit;
    this.set(place, this.parameters[place] - value);
  }

  /** How far the output is from the points: the mean squared error, or the share of points that are classified right.
   * @returns {number} */
  score() {
    const { parameters } = this;
    const { preactivation, activation } = forward(this.net, parameters, this.x, Float64Array).at(-1);
    if (!this.net.classes) return mean(this.y.map((y, i) => (activation[0][i] - y) ** 2));
    const chosen = (/** @type {number} */ i) => {
      const values = preactivation.map((each) => each[i]);
      return values.length === 1 ? Number(values[0] > 0) : values.indexOf(Math.max(...values));
    };
    return mean(this.y.map((y, i) => Number(chosen(i) === y)));
  }
}

/** @param {number[]} values */
function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The parameters of a unit: its weights, its bias, and what leads on to the next layer.
 * @param {Trial} trial @param {Unit} unit @param {Record<string, string>} words @returns {Part[]} */
function partsOf({ net, snapshots }, { layer, unit }, words) {
  const [slot, next] = slots(net).slice(layer);
  const named = (/** @type {number} */ at, /** @type {number} */ number) =>
    nameOf(net, { layer: at, unit: number }, words);
  const range = (/** @type {number} */ count) => Array.from({ length: count }, (_, i) => i);
  const part = (/** @type {string} */ name, /** @type {number} */ place, /** @type {number[]} */ [start, end]) => ({
    name,
    place,
    most: reachOf(snapshots, start, end),
  });
  const into = range(slot.inputs).map((i) =>
    part(filled(words.from, { first: named(layer - 1, i) }), slot.weight + unit * slot.inputs + i, [
      slot.weight,
      slot.bias,
    ]),
  );
  const onward = range(next ? next.units : 0).map((i) =>
    part(filled(words.to, { second: named(layer + 1, i) }), next.weight + i * next.inputs + unit, [
      next.weight,
      next.bias,
    ]),
  );
  const hasSlope = net.activations[layer].name === "prelu";
  const slope = hasSlope ? [part(words.slope_left, slot.slope, [slot.slope, slot.slope + 1])] : [];
  return [...into, part(words.bias_alone, slot.bias + unit, [slot.bias, slot.slope]), ...slope, ...onward];
}

/** How far sliders of a tensor reach on both sides of 0: twice as far as it came, as a round number.
 * @param {Float32Array[]} snapshots @param {number} start @param {number} end */
function reachOf(snapshots, start, end) {
  const values = snapshots.flatMap((snapshot) => [...snapshot.slice(start, end)]).filter(Number.isFinite);
  const most = 2 * values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0.25);
  const unit = 10 ** Math.floor(Math.log10(most));
  return unit * Math.ceil(most / unit);
}

/** What a unit, an input (layer -1) or an output is called.
 * @param {Variant} net @param {Unit} unit @param {Record<string, string>} words */
function nameOf(net, { layer, unit }, words) {
  if (layer < 0) return net.inputs[unit];
  const last = net.activations.length - 1;
  if (layer === last)
    return net.layer_sizes[last + 1] > 1 ? filled(words.output_number, { number: unit + 1 }) : words.output;
  return filled(last > 1 ? words.unit_of_layer : words.unit, { layer: layer + 1, number: unit + 1 });
}
