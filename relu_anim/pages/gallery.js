// @ts-check
// A gallery: films play in place of their stills, entries are searched and filtered, configs are copied.
"use strict";

const calm = matchMedia("(prefers-reduced-motion: reduce)");
const dark = matchMedia("(prefers-color-scheme: dark)");
const LATER = 3000; // milliseconds until a still that is not there yet is looked for again
const MOST_TRIES = 200;

// ---------------------------------------------------------------- films

/** A film that plays in place of its still while it is looked at, or until it is stopped where it was pressed. */
class Film {
  /** @param {HTMLElement} box */
  constructor(box) {
    this.box = box;
    this.image = /** @type {HTMLImageElement} */ (box.querySelector("img"));
    this.button = /** @type {HTMLButtonElement} */ (box.querySelector(".play"));
    /** @type {(HTMLImageElement | HTMLSourceElement)[]} */
    this.places = [...box.querySelectorAll("source"), this.image];
    this.stills = this.places.map(place => place.getAttribute(Film.key(place)) || "");
    /** @type {HTMLVideoElement | null} */
    this.video = null;
    this.isPlaying = this.isPressed = this.isLookedAt = false;
    this.button.hidden = false;
    this.button.addEventListener("click", () => this.press());
    box.addEventListener("pointerenter", event => event.pointerType === "mouse" && this.look(true));
    box.addEventListener("pointerleave", event => event.pointerType === "mouse" && this.look(false));
    this.button.addEventListener("focus", () => this.button.matches(":focus-visible") && this.look(true));
    this.button.addEventListener("blur", () => this.look(false));
  }

  /** @param {Element} place */
  static key(place) {
    return place instanceof HTMLSourceElement ? "srcset" : "src";
  }

  press() {
    this.isPressed = this.isLookedAt && !calm.matches ? !this.isPressed : !this.isPlaying;
    this.button.setAttribute("aria-pressed", String(this.isPressed));
    this.update();
  }

  /** @param {boolean} isLookedAt */
  look(isLookedAt) {
    this.isLookedAt = isLookedAt;
    this.update();
  }

  update() {
    const plays = this.isPressed || (this.isLookedAt && !calm.matches);
    if (plays === this.isPlaying) return;
    this.isPlaying = plays;
    this.box.classList.toggle("playing", plays);
    const place = this.places.find(own => own instanceof HTMLSourceElement && dark.matches) || this.image;
    if (this.video) this.video.remove();
    this.video = null;
    if (plays && place.dataset.isVideo) this.show(place.dataset.film || "");
    else this.places.forEach((own, index) => own.setAttribute(Film.key(own), plays && own.dataset.film && !own.dataset.isVideo ? own.dataset.film : this.stills[index]));
  }

  /** @param {string} address */
  show(address) {
    const video = document.createElement("video");
    Object.assign(video, { src: address, muted: true, loop: true, playsInline: true, autoplay: true });
    video.setAttribute("aria-hidden", "true"); // the image below it says what it shows
    this.image.after(video);
    this.video = video;
  }
}

/** Look again, now and then, for a still that is being made. @param {HTMLImageElement} image */
function await_(image) {
  const box = /** @type {HTMLElement} */ (image.closest(".shown"));
  let tries = 0;
  const failed = () => {
    box.classList.add("waiting");
    if (tries++ < MOST_TRIES) setTimeout(() => box.classList.contains("playing") || (image.src = image.getAttribute("src") || ""), LATER);
  };
  image.addEventListener("error", failed);
  image.addEventListener("load", () => box.classList.remove("waiting"));
  if (image.complete && !image.naturalWidth && image.currentSrc) failed(); // before this script began
}

for (const box of document.querySelectorAll(".shown")) {
  const image = box.querySelector("img");
  if (image) await_(image);
  if (box.querySelector(".play")) new Film(/** @type {HTMLElement} */ (box));
}

// ---------------------------------------------------------------- search and filters

const form = /** @type {HTMLFormElement} */ (document.getElementById("filters"));
const count = /** @type {HTMLElement} */ (document.getElementById("count"));
const none = /** @type {HTMLElement} */ (document.getElementById("none"));
const articles = [...document.querySelectorAll("article")];
const all = count.textContent || "";
/** @type {string[] | null} */
let texts = null;

/** @param {string} text */
const plain = text => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

/** What is chosen, by the names of fields. */
function chosen() {
  const found = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (String(value).trim()) found.set(name, String(value).trim());
  return found;
}

/** Show what was chosen, and say how many that are. */
function filter() {
  const wanted = chosen();
  const words = plain(wanted.get("q") || "").split(/\s+/).filter(Boolean);
  if (words.length) texts ??= articles.map(article => plain(article.textContent || ""));
  let shown = 0;
  articles.forEach((article, index) => {
    const fits =
      words.every(word => texts?.[index].includes(word)) &&
      ["kind", "panel", "activation", "stale"].every(name => !wanted.has(name) || (article.dataset[name] || "").split("|").includes(wanted.get(name) || ""));
    article.hidden = !fits;
    shown += Number(fits);
  });
  count.textContent = wanted.size ? `${shown} of ${all}` : all;
  none.hidden = shown > 0;
}

/** Take the choice from the address, as far as the page has it. */
function read() {
  const wanted = new URLSearchParams(location.hash.slice(1));
  for (const field of form.elements) {
    if (field instanceof HTMLInputElement && field.type === "checkbox") field.checked = wanted.get(field.name) === field.value;
    else if (field instanceof HTMLInputElement) field.value = wanted.get(field.name) || "";
    else if (field instanceof HTMLSelectElement) {
      const value = wanted.get(field.name) || "";
      field.value = [...field.options].some(option => option.value === value) ? value : "";
    }
  }
  filter();
}

function changed() {
  history.replaceState(null, "", `#${chosen()}`);
  filter();
}

form.hidden = false;
form.addEventListener("input", changed);
form.addEventListener("submit", event => event.preventDefault());
form.addEventListener("reset", () => setTimeout(changed));
addEventListener("hashchange", read);
read();

// ---------------------------------------------------------------- configs

const said = /** @type {HTMLElement} */ (document.getElementById("said"));

/** @param {Node} code */
async function copy(code) {
  try {
    await navigator.clipboard.writeText(code.textContent || "");
  } catch { // of a page that is not served securely
    getSelection()?.selectAllChildren(code);
    document.execCommand("copy");
  }
}

for (const button of document.querySelectorAll(".copy")) {
  const code = /** @type {Node} */ (button.closest("details")?.querySelector("code"));
  /** @type {HTMLElement} */ (button).hidden = false;
  button.addEventListener("click", async () => {
    await copy(code);
    button.textContent = said.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; said.textContent = ""; }, 2000);
  });
}
