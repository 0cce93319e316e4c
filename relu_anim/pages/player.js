// The film's clock: which frame is shown, and how time goes on. The SVG's own animations stand still and are set to it.

/** @typedef {{starts: number[], total: number, loop: number | null, counts: string, steps: number, moments: number[], times: string[],
 *   captions: [number, string][], plots: Plot[], spots: {s: number, at: number[], box?: boolean}[], unit: number,
 *   subjects: [string, string, number, number, number, number][], numbers: Record<string, number[]>,
 *   words: Record<string, string>}} Film */

const LONGEST = 250; // milliseconds from one picture of the screen to the next; more passes while the page is not seen

class Player {
  /** @param {Film} film @param {SVGSVGElement} svg */
  constructor(film, svg) {
    this.film = film;
    this.svg = svg;
    this.frame = -1;
    this.time = 0; // milliseconds since the first frame
    this.speed = 1;
    this.plays = 0; // how often it has come to its end
    this.isPlaying = false;
    /** Called with the number of each frame, and whenever the film starts or stops.
     * @type {Set<(frame: number) => void>} */
    this.listeners = new Set();
    svg.pauseAnimations();
  }

  get last() {
    return this.film.starts.length - 1;
  }

  /** A time in milliseconds at which a frame is surely shown.
   * @param {number} frame */
  middle(frame) {
    return (this.film.starts[frame] + (this.film.starts[frame + 1] ?? this.film.total)) / 2;
  }

  /** Show a frame, from which time goes on.
   * @param {number} frame */
  go(frame) {
    const wanted = Math.min(Math.max(frame, 0), this.last);
    this.time = this.film.starts[wanted];
    this.show(wanted);
  }

  /** @param {number} frame */
  show(frame) {
    if (frame === this.frame) return;
    this.frame = frame;
    this.svg.setCurrentTime(this.middle(frame) / 1000);
    this.tell();
  }

  tell() {
    for (const listener of this.listeners) listener(this.frame);
  }

  play() {
    if (this.isPlaying) return;
    if (this.frame === this.last) this.go(0);
    this.isPlaying = true;
    this.plays = 0;
    let before = performance.now();
    const next = (/** @type {number} */ now) => {
      if (!this.isPlaying) return;
      this.advance(Math.min(now - before, LONGEST) * this.speed);
      before = now;
      requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
    this.tell();
  }

  pause() {
    if (!this.isPlaying) return;
    this.isPlaying = false;
    this.tell();
  }

  /** @param {number} milliseconds */
  advance(milliseconds) {
    const { starts, total, loop } = this.film;
    this.time += Math.max(milliseconds, 0);
    if (this.time >= total) {
      this.plays += 1;
      if (loop !== null && this.plays >= loop) {
        this.go(this.last);
        this.pause();
        return;
      }
      this.time %= total;
    }
    this.show(starts.findLastIndex((start) => start <= this.time));
  }

  /** Stop, and go on by so many frames.
   * @param {number} frames */
  step(frames) {
    this.pause();
    this.go(this.frame + frames);
  }
}

/** The frame that shows a moment: the last that is not after it.
 * @param {Film} film @param {number} moment */
function frameAt(film, moment) {
  return Math.max(
    film.moments.findLastIndex((each) => each <= moment + 1e-6),
    0,
  );
}
