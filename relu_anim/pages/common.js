// What all pages need: their elements, and what they hold compressed, which begins with their own script. It is no module,
// so that the script that follows finds it.

/** @param {string} id @returns {any} */
const byId = (id) => document.getElementById(id);

/** The text that an element holds compressed, in 85 signs from ( to }, as relu_anim/pages/__init__.py packs it.
 * @param {string} id @returns {Promise<string>} */
async function unpacked(id) {
  const signs = new TextEncoder().encode(byId(id).textContent);
  const view = new DataView(new ArrayBuffer(4 * Math.ceil(signs.length / 5)));
  for (let i = 0; i < signs.length; i += 5) {
    const digits = [0, 1, 2, 3, 4].map((k) => (signs[i + k] === 125 ? 60 : (signs[i + k] ?? 124)) - 40);
    view.setUint32(0.8 * i, digits.reduce((sum, digit) => 85 * sum + digit));
  }
  const bytes = new Uint8Array(view.buffer, 0, Math.floor(0.8 * signs.length));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"))).text();
}

unpacked("code").then((code) => {
  const script = Object.assign(document.createElement("script"), { type: "module", textContent: code });
  document.body.append(script);
});
