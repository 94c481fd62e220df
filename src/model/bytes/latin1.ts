/**
 * Text of Latin-1, each byte the character of that number. A `TextDecoder` does not do: in browsers
 * "latin1" is another name of windows-1252, and in Node it depends on the version.
 */
export function decodeLatin1(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += CHUNK) {
    text += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  }
  return text;
}

/** Arguments of one call. */
const CHUNK = 4096;
