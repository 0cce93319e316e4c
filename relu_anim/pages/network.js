// The formula of a dense network, as relu_anim/network has it in NumPy: tests hold both to each other.
/**
 * @typedef {number | string | [string, number]} Step  a number, the variable, or a function with how many it takes
 * @typedef {{name?: string, steps?: Step[], [parameter: string]: any}} Activation
 * @typedef {{layer_sizes: number[], activations: Activation[], center: number[], spread: number[],
 *            output_center: number, output_spread: number}} Network
 * @typedef {Float32Array | Float64Array} Values
 * @typedef {{preactivation: Values[], activation: Values[]}} Layer  by unit, then by point
 * @typedef {{x: number, layer: number, unit: number}} Bend
 */

const STRAIGHT = ["identity", "relu", "leaky_relu", "prelu"];

/** @param {number} x */
const sigmoid = (x) => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)));
/** @param {number} x */
const softplus = (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
/** @param {number} x */
const relu = (x) => Math.max(x, 0);
/** @param {number} x @param {number} slope */
const leaky = (x, slope) => (x > 0 ? x : slope * x);
/** @param {number} x @param {number} alpha */
const elu = (x, alpha) => (x > 0 ? x : alpha * Math.expm1(x));
/** @param {number} x */
const gelu = (x) => (x * (1 + erf(x * Math.SQRT1_2))) / 2;
/** @param {number} x */
const silu = (x) => x * sigmoid(x);
/** @param {number} x */
const step = (x) => (x > 0 ? 1 : x <= 0 ? 0 : NaN);
/** The even one of two, as NumPy has it. @param {number} x */
const round = (x) => (Math.abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x));

/** The error function, by a series of positive terms; 1 where float32 knows no other. @param {number} x */
function erf(x) {
  if (!(Math.abs(x) < 4)) return Math.sign(x);
  let term = x,
    sum = x;
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) sum += term *= (2 * x * x) / (2 * n + 1);
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

/** What formulas call, beside the functions of Math. @type {Record<string, (...x: number[]) => number>} */
const FUNCTIONS = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  "**": (a, b) => (a === 1 ? 1 : b === 0.5 ? Math.sqrt(a) : a ** b),
  negative: (a) => -a,
  ln: Math.log,
  clip: (x, low, high) => Math.min(Math.max(x, low), high),
  leaky_relu: leaky,
  elu: (x) => elu(x, 1),
  heaviside: step,
  step,
  sigmoid,
  softplus,
  relu,
  gelu,
  silu,
  round,
  erf,
};

/** @type {Record<string, (activation: Activation, slope: number) => (x: number) => number>} */
const ACTIVATIONS = {
  identity: () => (x) => x,
  relu: () => relu,
  gelu: () => gelu,
  silu: () => silu,
  softplus: () => softplus,
  sigmoid: () => sigmoid,
  tanh: () => Math.tanh,
  leaky_relu:
    ({ negative_slope }) =>
    (x) =>
      leaky(x, negative_slope),
  prelu: (_, slope) => (x) => leaky(x, slope),
  elu:
    ({ alpha }) =>
    (x) =>
      elu(x, alpha),
};

/** What a formula is at x. @param {Step[]} steps @param {number} x */
function evaluated(steps, x) {
  /** @type {number[]} */
  const stack = [];
  for (const step of steps) {
    if (!Array.isArray(step)) stack.push(typeof step === "string" ? x : step);
    else stack.push((FUNCTIONS[step[0]] || /** @type {any} */ (Math)[step[0]])(...stack.splice(-step[1])));
  }
  return stack[0];
}

/** @param {Activation} activation @param {number} slope */
function functionOf(activation, slope) {
  const { steps, name = "" } = activation;
  return steps ? (/** @type {number} */ x) => evaluated(steps, x) : ACTIVATIONS[name](activation, slope);
}

/** Where each tensor begins in the parameters: weight [units][inputs], bias [units], and a slope that is learned.
 * @param {Network} net */
function slots(net) {
  let start = 0;
  return net.activations.map((activation, layer) => {
    const [inputs, units] = net.layer_sizes.slice(layer);
    const weight = start,
      bias = weight + inputs * units,
      slope = bias + units;
    start = slope + (activation.name === "prelu" ? 1 : 0);
    return { inputs, units, weight, bias, slope };
  });
}

/** How many parameters there are. @param {Network} net */
function parameterCount(net) {
  return slots(net).at(-1).slope + (net.activations.at(-1).name === "prelu" ? 1 : 0);
}

/** Every unit of every layer at points, of which each has all its inputs in turn.
 * @param {Network} net @param {Values} parameters @param {ArrayLike<number>} x
 * @param {Float32ArrayConstructor | Float64ArrayConstructor} Kind @returns {Layer[]} */
function forward(net, parameters, x, Kind = Float32Array) {
  const inputs = net.layer_sizes[0],
    count = x.length / inputs;
  let signal = Array.from({ length: inputs }, (_, input) =>
    Kind.from(
      { length: count },
      (_, point) => (x[point * inputs + input] - (net.center[input] ?? 0)) / (net.spread[input] ?? 1),
    ),
  );
  const layers = slots(net).map((slot, layer) => {
    const preactivation = linear(slot, parameters, signal, count, Kind);
    const apply = functionOf(net.activations[layer], parameters[slot.slope]);
    signal = preactivation.map((values) => values.map(apply));
    return { preactivation, activation: signal };
  });
  if (net.output_center === 0 && net.output_spread === 1) return layers;
  const total = signal.map((values) => values.map((y) => y * net.output_spread + net.output_center));
  return [...layers.slice(0, -1), { preactivation: total, activation: total }];
}

/** @param {ReturnType<typeof slots>[0]} slot @param {Values} parameters @param {Values[]} signal
 * @param {number} count @param {Float32ArrayConstructor | Float64ArrayConstructor} Kind @returns {Values[]} */
function linear(slot, parameters, signal, count, Kind) {
  return Array.from({ length: slot.units }, (_, unit) => {
    const sum = new Kind(count).fill(parameters[slot.bias + unit]);
    signal.forEach((values, input) => {
      const weight = parameters[slot.weight + unit * slot.inputs + input];
      for (let point = 0; point < count; point++) sum[point] += weight * values[point];
    });
    return sum;
  });
}

/** Whether a network of one input is made of straight pieces. @param {Network} net */
const isStraight = (net) => net.layer_sizes[0] === 1 && net.activations.every((a) => STRAIGHT.includes(a.name ?? ""));

/** Every place inside of a domain at which a unit of such a network switches, from left to right: exact, since all
 * units are straight between the switches of the layers before.
 * @param {Network} net @param {Values} parameters @param {[number, number]} domain @returns {Bend[]} */
function bends(net, parameters, domain) {
  /** @type {Bend[]} */
  let found = [];
  net.activations.forEach((activation, layer) => {
    if (activation.name === "identity") return;
    const edges = Float64Array.of(domain[0], ...found.map((bend) => bend.x), domain[1]);
    const units = forward(net, parameters, edges, Float64Array)[layer].preactivation;
    units.forEach((values, unit) =>
      values.forEach((b, end) => {
        const a = values[end - 1],
          x = edges[end - 1] + ((edges[end] - edges[end - 1]) * a) / (a - b);
        if (a * b < 0) found.push({ x, layer, unit });
      }),
    );
    found = found.sort((one, other) => one.x - other.x);
  });
  return found;
}

/** Those bends at which the slope of an output changes.
 * @param {Network} net @param {Values} parameters @param {[number, number]} domain */
function knots(net, parameters, domain) {
  const found = bends(net, parameters, domain);
  const edges = Float64Array.of(domain[0], ...found.map((bend) => bend.x), domain[1]);
  const outputs = forward(net, parameters, edges, Float64Array)[net.activations.length - 1].activation;
  const slopes = outputs.map((y) => y.slice(1).map((end, i) => (end - y[i]) / (edges[i + 1] - edges[i])));
  return found.filter((_, i) =>
    slopes.some(
      (slope) => Math.abs(slope[i + 1] - slope[i]) > 1e-9 * slope.reduce((most, s) => Math.max(most, Math.abs(s)), 0),
    ),
  );
}

/** The parameters of each snapshot, [snapshots][parameters], as relu_anim/recording/compact.py packs them: float32
 * by their bits, each less the one of the snapshot before, without a sign, byte by byte, deflated, in base64.
 * @param {string} text @param {number} count @returns {Promise<Float32Array[]>} */
async function snapshotsOf(text, count) {
  const packed = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer()),
    size = bytes.length / 4;
  const bits = new Uint32Array(size),
    snapshots = size / count;
  for (let i = 0; i < size; i++) {
    const [parameter, snapshot] = [Math.floor(i / snapshots), i % snapshots];
    const folded = bytes[i] | (bytes[size + i] << 8) | (bytes[2 * size + i] << 16) | (bytes[3 * size + i] << 24);
    const change = (folded >>> 1) ^ -(folded & 1);
    bits[snapshot * count + parameter] = change + (snapshot ? bits[(snapshot - 1) * count + parameter] : 0);
  }
  const values = new Float32Array(bits.buffer);
  return Array.from({ length: snapshots }, (_, i) => values.slice(i * count, (i + 1) * count));
}
