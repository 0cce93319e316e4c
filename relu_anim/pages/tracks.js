// What changes in the picture: the values of attributes, which become animations of the SVG.

/** @typedef {[string, number[], string[]]} Track the name of an attribute, and its values from these frames on; or no
 *   name, and a whole element that says all that its place says in the end */

class Tracks {
  /** Put the animations into their places.
   * @param {Track[]} tracks @param {SVGSVGElement} svg @param {Film} film */
  constructor(tracks, svg, film) {
    /** @type {Map<Element, Map<string, Track>>} */
    this.found = new Map();
    for (const place of svg.querySelectorAll("g[data-t]")) place.innerHTML = tracks[Number(place.dataset.t)][2][0];
    for (const place of [...svg.querySelectorAll("animate")]) {
      const track = tracks[Number(place.dataset.t)];
      const own = this.found.get(place.parentElement) ?? new Map();
      this.found.set(place.parentElement, own.set(track[0], track));
      place.replaceWith(animation(track, film));
    }
  }

  /** The value of an attribute at a frame.
   * @param {Element} element @param {string} name @param {number} frame @returns {string | null} */
  at(element, name, frame) {
    const track = this.found.get(element)?.get(name);
    return track ? track[2][track[1].findLastIndex((start) => start <= frame)] : element.getAttribute(name);
  }
}

/** @param {Track} track @param {Film} film */
function animation([name, frames, values], { starts, total }) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", "animate");
  const own = {
    attributeName: name,
    calcMode: "discrete",
    dur: `${total}ms`,
    repeatCount: "indefinite",
    keyTimes: frames.map((frame) => starts[frame] / total).join(";"),
    values: values.join(";"),
  };
  for (const [key, value] of Object.entries(own)) element.setAttribute(key, value);
  return element;
}
