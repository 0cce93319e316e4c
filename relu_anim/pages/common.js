// What all pages need: their elements, and what they hold compressed.

/** @param {string} id @returns {any} */
const byId = (id) => document.getElementById(id);

/** The page's compressed JSON, in base64.
 * @returns {Promise<any>} */
async function unpacked() {
  const bytes = Uint8Array.from(atob(byId("packed").textContent.trim()), (sign) => sign.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"))).json();
}
