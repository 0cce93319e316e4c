// What is seen in the picture: what lies under the pointer or has the focus is named with its value, and lit wherever it
// is shown.

const NEAR = { mouse: 9, pen: 12, touch: 22 }; // screen pixels
const BY_POINT = 4; // pixels by which a point is nearer than the line on which it lies
const HALF_LINE = 1.5; // pixels from the middle of a line, in which it is met; of several the one above
const ALONG = 0.02; // of an axis, from one place to the next that keys read
const SVG = "http://www.w3.org/2000/svg";

/** @typedef {{subject: number, element: SVGElement, hasPoints: boolean}} Piece an element that shows a subject */
/** @typedef {{subject: number, place: Point, plot?: Plot, value?: Point, isCell?: boolean}} Hit a place on it, and what
 *   axes say there; or in a row of cells */

/** @param {Marks} marks @param {SVGSVGElement} svg */
function connectMarks(marks, svg) {
  const light = new Light(marks);
  svg.addEventListener("pointermove", (event) => {
    if (event.pointerType !== "touch") light.point(event);
  });
  svg.addEventListener("pointerleave", (event) => {
    if (event.pointerType !== "touch") light.hover(undefined);
  });
  svg.addEventListener("pointerup", (event) => {
    if (event.pointerType === "touch") light.point(event);
  });
  // An SVG that listens for the focus would be met with the Tab key itself.
  svg.parentElement.addEventListener("focusin", (event) => light.focus(event.target.closest("[data-s]")));
  svg.parentElement.addEventListener("focusout", () => light.focus(null));
  svg.addEventListener("keydown", (event) => light.key(event));
  return light;
}

/** The subjects of a film, and where they are. */
class Marks {
  /** @param {{frame: number}} player @param {Film} film @param {SVGSVGElement} svg @param {Pick<Tracks, "at">} tracks
   * @param {Pick<Cells, "told">} [cells] which tells what rows of cells show */
  constructor(player, film, svg, tracks, cells) {
    Object.assign(this, { player, film, svg, tracks, cells });
    this.hidden = new Set();
    this.cache = new Map();
    /** @type {Map<Piece, Plot | undefined>} */
    this.plots = new Map();
    this.over = svg.appendChild(made("g", { class: "over" }));
    this.spots = film.spots.map((spot) => ({ ...spot, element: this.over.appendChild(spotElement(spot)) }));
    this.groups = [...svg.querySelectorAll("g[data-s]")];
    /** @type {Piece[]} */
    this.pieces = this.groups.flatMap((group) =>
      group.classList.contains("spot")
        ? []
        : [...group.children].map((element) => ({
            subject: Number(group.dataset.s),
            element,
            hasPoints: element.hasAttribute("marker-start"),
          })),
    );
    this.makeStops();
  }

  /** Of each subject one group can have the focus, and of each kind one subject is met with the Tab key. */
  makeStops() {
    const stops = new Map();
    for (const group of this.groups) {
      const subject = Number(group.dataset.s);
      if (!stops.has(subject)) stops.set(subject, group);
    }
    const kinds = new Set();
    this.stops = [...stops.entries()].map(([subject, group]) => {
      const kind = this.kind(subject);
      group.setAttribute("role", "img");
      group.setAttribute("aria-label", this.name(subject));
      group.setAttribute("aria-describedby", "reading");
      group.setAttribute("tabindex", kinds.has(kind) ? "-1" : "0");
      kinds.add(kind);
      return { subject, group, kind };
    });
  }

  kind(/** @type {number} */ subject) {
    return this.film.subjects[subject][0];
  }

  name(/** @type {number} */ subject) {
    return this.film.subjects[subject][1];
  }

  /** Show or hide all subjects of a kind.
   * @param {string} kind @param {boolean} isShown */
  toggle(kind, isShown) {
    if (isShown) this.hidden.delete(kind);
    else this.hidden.add(kind);
    for (const group of this.groups) {
      group.classList.toggle("off", this.hidden.has(this.kind(Number(group.dataset.s))));
    }
  }

  /** What a piece consists of now, or at another frame.
   * @param {Piece} piece @returns {Point[][]} */
  lines(piece, frame = this.player.frame) {
    const { element } = piece;
    if (this.tracks.at(element, "display", frame) === "none") return [];
    const drawn = element.matches("use") ? this.svg.querySelector(element.getAttribute("href")) : element;
    const d = this.tracks.at(drawn, "d", frame) ?? "";
    if (!this.cache.has(d)) this.cache.set(d, linesOf(d).filter(([[x]]) => x > -9999));
    return element.matches("use") ? cutAt(this.cache.get(d), this.uncovered(element, frame)) : this.cache.get(d);
  }

  /** How far to the right a line that grows is seen.
   * @param {SVGElement} element @param {number} frame */
  uncovered(element, frame) {
    const cut = element.getAttribute("clip-path")?.match(/#[^)]+/);
    const box = cut && this.svg.querySelector(`${cut[0]} rect`);
    return box ? Number(box.getAttribute("x")) + Number(this.tracks.at(box, "width", frame)) : Infinity;
  }

  /** The plot in which a piece lies.
   * @param {Piece} piece */
  plotOf(piece) {
    if (!this.plots.has(piece)) {
      const points = this.lines(piece).flat();
      if (!points.length) return undefined;
      const counts = this.film.plots.map((plot) => points.filter((point) => isInside(plot, point, 20)).length);
      this.plots.set(piece, Math.max(...counts) ? this.film.plots[counts.indexOf(Math.max(...counts))] : undefined);
    }
    return this.plots.get(piece);
  }

  /** What lies at a place, or near by.
   * @param {Point} place @param {number} reach @param {number} pixel @returns {Hit | undefined} */
  find(place, reach, pixel) {
    const plot = this.film.plots.find((each) => isInside(each, place, reach));
    let [least, best] = [reach, undefined];
    const offer = (/** @type {number} */ away, /** @type {() => Hit} */ hit) => {
      if (away < least || (best && away === least)) [least, best] = [away, hit];
    };
    for (const { s, at, box } of this.spots) {
      if (!this.hidden.has(this.kind(s))) offer(spotDistance(at, box, place, pixel), () => ({ subject: s, place, isCell: box }));
    }
    for (const piece of this.pieces) {
      if (this.hidden.has(this.kind(piece.subject)) || this.plotOf(piece) !== plot || !plot) continue;
      const lines = this.lines(piece);
      const found = piece.hasPoints ? nearest(lines.flat(), place) : nearestOn(lines, place);
      if (!found) continue;
      const apart = distance(found, place);
      const away = piece.hasPoints ? apart - BY_POINT * pixel : Math.max(apart - HALF_LINE * pixel, 0);
      offer(away, () => this.hit(piece, place));
    }
    return best?.();
  }

  /** A piece at a place: a curve is read above or below it, all else where it is nearest.
   * @param {Piece} piece @param {Point} place @returns {Hit} */
  hit(piece, place) {
    const lines = this.lines(piece);
    const plot = this.plotOf(piece);
    const isFlat = piece.hasPoints || ["line", "switch"].includes(this.kind(piece.subject));
    const on = isFlat ? undefined : heightAt(lines, place);
    const found = on ?? (piece.hasPoints ? nearest(lines.flat(), place) : nearestOn(lines, place));
    return { subject: piece.subject, place: found ?? place, plot, value: found && plot?.x ? toData(plot, found) : undefined };
  }

  /** A subject where keys read it: at a share of the axis, or of its points.
   * @param {number} subject @param {number} share @returns {Hit} */
  atShare(subject, share) {
    const own = this.pieces.filter((piece) => piece.subject === subject && this.lines(piece).length);
    const piece = own.find(({ hasPoints }) => !hasPoints) ?? own[0];
    if (!piece) {
      const spot = this.spots.find(({ s }) => s === subject);
      return { subject, place: spot ? placeIn(spot, share) : [0, 0], isCell: spot?.box };
    }
    const points = this.lines(piece).flat();
    const plot = this.plotOf(piece);
    const [left, , right] = plot?.box ?? [0, 0, 0, 0];
    const x = left + share * (right - left);
    if (piece.hasPoints) {
      const inOrder = [...points].sort(([a], [b]) => a - b);
      return this.hit(piece, inOrder[Math.round(share * (inOrder.length - 1))]);
    }
    const ends = [Math.min(...points.map(([a]) => a)), Math.max(...points.map(([a]) => a))];
    return this.hit(piece, [Math.min(Math.max(x, ends[0]), ends[1]), points[0][1]]);
  }

  /** How far a key leads along a subject, as a share of it: Shift with left and right; nothing for other keys.
   * @param {KeyboardEvent} event @param {number} _subject @returns {number | undefined} */
  step({ key, shiftKey }, _subject) {
    return shiftKey ? { ArrowLeft: -ALONG, ArrowRight: ALONG }[key] : undefined;
  }

  /** What is said of a hit beside its name.
   * @param {Hit} hit */
  value({ subject, place, plot, value, isCell }) {
    const { words, numbers, unit } = this.film;
    if (value) {
      const [left, top, right, bottom] = plot.box;
      const sides = [right - left, bottom - top].map((side) => side / unit);
      const [x, y] = [plot.x, plot.y].map((axis, i) => {
        return counted(axis.name, written(axis, value[i], sides[i], words.decimal));
      });
      return filled(words.at, { x, y });
    }
    const told = isCell && this.cells?.told(subject, place, this.player.frame);
    if (told) return told;
    const number = numbers[subject]?.[this.player.frame];
    if (number === undefined) return "";
    const text = short(number, words.decimal);
    return this.kind(subject) === "weight" ? text : filled(words.bias, { number: text });
  }
}

/** What is lit: what has the focus, or else what is under the pointer. */
class Light {
  constructor(/** @type {Marks} */ marks) {
    this.marks = marks;
    this.tip = byId("tip");
    this.here = marks.over.appendChild(made("circle", { class: "here", r: "45", display: "none" }));
    /** @type {{group: Element, subject: number} | undefined} */
    this.focused = undefined;
    /** @type {Point | undefined} */
    this.pointer = undefined;
    this.reach = 0;
    this.share = 0.5;
  }

  /** Pixels of the screen in units of the picture. */
  get pixel() {
    return this.marks.svg.viewBox.baseVal.width / this.marks.svg.getBoundingClientRect().width;
  }

  point(/** @type {PointerEvent} */ event) {
    const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(this.marks.svg.getScreenCTM().inverse());
    this.reach = NEAR[event.pointerType] ?? NEAR.mouse;
    this.hover([x, y]);
  }

  hover(/** @type {Point | undefined} */ place) {
    this.pointer = place;
    this.draw();
  }

  focus(/** @type {Element | null} */ group) {
    this.focused = group ? { group, subject: Number(group.dataset.s) } : undefined;
    this.draw();
    if (group) group.setAttribute("aria-label", this.text());
  }

  /** @returns {Hit | undefined} */
  hit() {
    const { marks, pixel } = this;
    const found = this.pointer && marks.find(this.pointer, this.reach * pixel, pixel);
    return found ?? (this.focused && marks.atShare(this.focused.subject, this.share));
  }

  /** The name and the value of what has the focus. */
  text() {
    const { subject } = this.focused;
    return [this.marks.name(subject), this.marks.value(this.marks.atShare(subject, this.share))].filter(Boolean).join(": ");
  }

  draw() {
    const { marks, tip, here } = this;
    const hit = this.hit();
    marks.svg.classList.toggle("lit", hit !== undefined);
    for (const group of marks.groups) group.classList.toggle("on", Number(group.dataset.s) === hit?.subject);
    tip.hidden = !hit;
    const value = hit ? marks.value(hit) : "";
    here.setAttribute("display", hit?.value || (hit?.isCell && value) ? "inline" : "none");
    if (!hit) return;
    here.setAttribute("cx", String(hit.place[0]));
    here.setAttribute("cy", String(hit.place[1]));
    const name = document.createElement("b");
    name.textContent = marks.name(hit.subject);
    tip.replaceChildren(name, value);
    tip.classList.toggle("keyed", this.focused?.subject === hit.subject);
    this.put(hit.place);
  }

  /** Let the tip stand beside a place, inside of the picture.
   * @param {Point} place */
  put([x, y]) {
    const { tip, pixel } = this;
    const { clientWidth: wide, clientHeight: high } = tip.parentElement;
    const [left, top] = [x / pixel, y / pixel];
    const above = top - tip.offsetHeight - 14;
    tip.style.left = `${Math.max(Math.min(left + 12, wide - tip.offsetWidth - 2), 2)}px`;
    tip.style.top = `${Math.min(above < 2 ? top + 18 : above, high - tip.offsetHeight)}px`;
  }

  /** Up and down go to others of the kind, left and right along a curve as `step` says, Escape away.
   * @param {KeyboardEvent} event */
  key(event) {
    if (!this.focused || event.ctrlKey || event.metaKey || event.altKey) return;
    const { marks } = this;
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const along = marks.step(event, this.focused.subject);
    if (step) {
      const kind = marks.kind(this.focused.subject);
      const alike = marks.stops.filter((stop) => stop.kind === kind);
      const now = alike.findIndex(({ subject }) => subject === this.focused.subject);
      const next = alike[(now + step + alike.length) % alike.length];
      for (const { group } of alike) group.setAttribute("tabindex", group === next.group ? "0" : "-1");
      next.group.focus();
    } else if (along) {
      this.share = Math.min(Math.max(this.share + along, 0), 1);
      this.draw();
      this.focused.group.setAttribute("aria-label", this.text());
      byId("said").textContent = this.text();
    } else if (event.key === "Escape") {
      this.focused.group.blur();
    } else {
      return;
    }
    event.preventDefault();
  }
}

/** @param {string} text @param {Record<string, string>} fields */
function filled(text, fields) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => fields[name] ?? whole);
}

/** A number behind the name of what it is, if that has one: «preactivation 0.5», «x = 0.5».
 * @param {string} name @param {string} number */
function counted(name, number) {
  return name ? `${name}${name.length > 2 ? "" : " ="} ${number}` : number;
}

/** @param {string} tag @param {Record<string, string>} attributes */
function made(tag, attributes) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

/** What lights a spot: a ring, a line, or the edge of a box.
 * @param {{s: number, at: number[], box?: boolean}} spot */
function spotElement({ s, at, box }) {
  const [x, y, x2, y2] = at.map(String);
  const group = made("g", { class: "spot", "data-s": String(s) });
  if (box) {
    const [width, height] = [at[2] - at[0], at[3] - at[1]].map(String);
    group.append(made("rect", { x, y, width, height }));
  } else {
    group.append(x2 === undefined ? made("circle", { cx: x, cy: y, r: "110" }) : made("line", { x1: x, y1: y, x2, y2 }));
  }
  return group;
}

/** How far a place is from a spot; inside of a box it is far from what is smaller.
 * @param {number[]} at @param {boolean | undefined} isBox @param {Point} place @param {number} pixel */
function spotDistance([x, y, x2, y2], isBox, place, pixel) {
  if (x2 === undefined) return distance([x, y], place) - 2 * BY_POINT * pixel;
  if (isBox) return place[0] >= x && place[0] <= x2 && place[1] >= y && place[1] <= y2 ? BY_POINT * pixel : Infinity;
  return distance(nearestOnPiece([x, y], [x2, y2], place), place);
}

/** The middle of a spot, or of a box a place along its middle line.
 * @param {{at: number[], box?: boolean}} spot @param {number} share @returns {Point} */
function placeIn({ at: [x, y, x2 = x, y2 = y], box }, share) {
  return [x + (box ? share : 0.5) * (x2 - x), (y + y2) / 2];
}
