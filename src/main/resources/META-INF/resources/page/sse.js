/** Server-sent events. */

/**
 * The data of each event of a stream; comments and other fields are passed over.
 *
 * @param {ReadableStream<Uint8Array>} stream UTF-8
 * @returns {AsyncGenerator<string>}
 */
export async function* events(stream) {
  const decoder = new TextDecoder();
  const reader = stream.getReader();
  let rest = '';
  let data = [];
  try {
    for (;;) {
      const { done, value } = await reader.read();
      rest += done ? decoder.decode() : decoder.decode(value, { stream: true });
      const lines = rest.split('\n');
      rest = lines.pop();
      for (const ended of lines) {
        const line = ended.endsWith('\r') ? ended.slice(0, -1) : ended;
        if (line === '' && data.length > 0) {
          yield data.join('\n');
          data = [];
        } else if (line.startsWith('data:')) {
          data.push(line.slice(line.startsWith('data: ') ? 6 : 5));
        }
      }
      if (done) {
        return; // an event that no empty line ends is not one
      }
    }
  } finally {
    // Also when nobody wants the rest: the server then stops generating.
    await reader.cancel().catch(() => {});
  }
}
