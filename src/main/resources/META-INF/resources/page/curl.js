/** A request as a command to copy. */

/**
 * @param {string} url
 * @param {object} body
 * @param {boolean} key whether a key is sent; which is not shown
 */
export function curl(url, body, key) {
  return [
    `curl -N ${quoted(url)}`,
    ...(key ? ['-H "authorization: Bearer $WHIT_API_KEY"'] : []),
    "-H 'content-type: application/json'",
    `-d ${quoted(JSON.stringify(body, null, 1))}`,
  ].join(' \\\n  ');
}

function quoted(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
