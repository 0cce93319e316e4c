// The page: controls, keys, the address, print. Everything that is said to screen readers is said here.

const QUIET = 400; // milliseconds without another frame, after which the address and screen readers hear of it
const SPEEDS = [0.25, 0.5, 1, 2, 4];

/** @param {Player} player @param {Film} film */
function connectControls(player, film) {
  const [play, moment, now, speed] = ["play", "moment", "now", "speed"].map(byId);
  moment.max = player.last;
  now.style.minWidth = `${Math.max(...film.times.map((time) => time.length))}ch`;
  for (const each of SPEEDS) {
    speed.add(new Option(`${String(each).replace(".", film.words.decimal)}×`, String(each), each === 1, each === 1));
  }
  play.addEventListener("click", () => toggle(player));
  moment.addEventListener("pointerdown", () => player.pause()); // the slider stays under the pointer
  moment.addEventListener("input", () => {
    const frame = Number(moment.value); // which the film, where it stops, takes back
    player.pause();
    player.go(frame);
  });
  speed.addEventListener("change", () => (player.speed = Number(speed.value)));
  player.listeners.add((frame) => {
    moment.value = frame;
    moment.setAttribute("aria-valuetext", told(film, frame));
    now.textContent = film.times[frame];
    document.body.classList.toggle("plays-now", player.isPlaying);
    play.setAttribute("aria-label", player.isPlaying ? film.words.pause : film.words.play);
  });
  byId("controls").hidden = false;
}

/** A list of captions, of which the one that is shown is marked.
 * @param {Player} player @param {Film} film */
function connectCaptions(player, film) {
  const list = byId("captions");
  if (!list) return;
  const buttons = [...list.querySelectorAll("button")];
  for (const button of buttons) {
    button.addEventListener("click", () => {
      player.pause();
      player.go(Number(button.dataset.frame));
    });
  }
  player.listeners.add((frame) => {
    const current = film.captions.findLastIndex(([start]) => start <= frame);
    buttons.forEach((button, number) =>
      number === current ? button.setAttribute("aria-current", "true") : button.removeAttribute("aria-current"),
    );
  });
  list.hidden = false;
}

/** A frame in words: its moment, and the caption that it has.
 * @param {Film} film @param {number} frame */
function told(film, frame) {
  const caption = film.captions.findLast(([start]) => start <= frame);
  return caption ? `${film.times[frame]}: ${caption[1]}` : film.times[frame];
}

/** @param {Player} player */
function toggle(player) {
  if (player.isPlaying) player.pause();
  else player.play();
}

/** Keys, wherever they are not those of a control.
 * @param {Player} player */
function connectKeys(player) {
  const actions = {
    " ": () => toggle(player),
    ArrowRight: () => player.step(1),
    ArrowLeft: () => player.step(-1),
    Home: () => player.step(-player.last),
    End: () => player.step(player.last),
  };
  document.addEventListener("keydown", (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    const isPlain = !(event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.defaultPrevented);
    const isOwn = target.matches("select") || (target.matches("button, [type=checkbox]") && event.key === " ");
    if (!isPlain || isOwn || !(event.key in actions)) return;
    event.preventDefault();
    actions[event.key]();
  });
}

/** The address leads to a moment, and is that of the one at which the film stands.
 * @param {Player} player @param {Film} film */
function connectAddress(player, film) {
  const wanted = () => {
    const [, name, number] = /^#(epoch|step)=(\d+\.?\d*)$/.exec(location.hash) ?? [];
    if (!name) return undefined;
    const steps = Number(number) * (name === "epoch" ? film.steps : 1);
    return frameAt(film, film.counts === "step" ? steps : steps / film.steps);
  };
  const follow = () => {
    const frame = wanted();
    if (frame === undefined) return false;
    player.pause();
    player.go(frame);
    return true;
  };
  addEventListener("hashchange", follow);
  const isThere = follow();
  afterwards(player, (frame) => {
    try {
      history.replaceState(null, "", `#${film.counts}=${film.moments[frame]}`);
    } catch {
      // some frames of other pages have no address of their own
    }
  });
  return isThere;
}

/** What is lit follows the film, and some of it can be switched.
 * @param {Player} player @param {Light} light @param {(text: string) => void} say */
function connectSeen(player, light, say) {
  player.listeners.add(() => light.draw());
  afterwards(player, () => light.focused && say(light.text()));
  for (const box of document.querySelectorAll("[data-kind]")) {
    box.addEventListener("change", () => light.marks.toggle(box.dataset.kind, box.checked));
  }
}

/** Tell screen readers where the film stands, once it does, and captions while it plays.
 * @param {Player} player @param {Film} film @param {(text: string) => void} say */
function connectVoice(player, film, say) {
  afterwards(player, (frame) => say(told(film, frame)));
  player.listeners.add((frame) => {
    const caption = film.captions.find(([start]) => start === frame);
    if (caption && player.isPlaying) say(caption[1]);
  });
}

/** Call a function with the frame at which the film stands, once it has done so for a while.
 * @param {Player} player @param {(frame: number) => void} act */
function afterwards(player, act) {
  let timer = 0;
  player.listeners.add((frame) => {
    clearTimeout(timer);
    if (!player.isPlaying) timer = setTimeout(() => act(frame), QUIET);
  });
}

/** Paper has the last frame.
 * @param {Player} player */
function connectPrint(player) {
  let before = 0;
  addEventListener("beforeprint", () => {
    player.pause();
    before = player.frame;
    player.go(player.last);
  });
  addEventListener("afterprint", () => player.go(before));
}

async function start() {
  /** @type {{film: Film, tracks: Track[]}} */
  const { film, tracks: found } = JSON.parse(await unpacked("known"));
  const svg = document.querySelector(".picture");
  const tracks = new Tracks(found, svg, film);
  const player = new Player(film, svg);
  const say = (/** @type {string} */ text) => (byId("said").textContent = text);
  connectControls(player, film);
  connectCaptions(player, film);
  connectKeys(player);
  connectPrint(player);
  const plots = film.computing?.plots ?? [];
  const cells = plots.some((plot) => plot?.shows === "cells") ? await Cells.of(film) : undefined;
  connectSeen(player, connectMarks(new Marks(player, film, svg, tracks, cells), svg), say);
  const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  player.go(isCalm ? player.last : 0);
  if (!connectAddress(player, film) && !isCalm) player.play();
  connectVoice(player, film, say);
  if (byId("bench")) connectWorkbench(player, film, svg, tracks, say);
}

await start();
