/** @param {Player} player @param {Film} film @param {SVGSVGElement} svg @param {(text: string) => void} say */
function connectMarks(player, film, svg, say) {}
