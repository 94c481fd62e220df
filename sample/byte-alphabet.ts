/**
 * GPT-2's alphabet of 256 printable characters, one for every byte (`bytes_to_unicode` in OpenAI's
 * `encoder.py`): the bytes that print as themselves in Latin-1 come first and stand for themselves, the
 * rest follow as U+0100, U+0101, ... The order of this list is the order of GPT-2's first 256 ids.
 */

/** The byte of each of the first 256 ids: 0x21-0x7E, 0xA1-0xAC, 0xAE-0xFF, then all others ascending. */
export const BYTE_ORDER: Uint8Array = byteOrder();

const CHARACTERS = characters();

const ID_OF_BYTE = new Uint8Array(256);
for (let id = 0; id < 256; id++) ID_OF_BYTE[BYTE_ORDER[id]!] = id;

/** The bytes as a string of the alphabet, one character for each: blank is `Ġ`, line break is `Ċ`. */
export function toAlphabet(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += CHARACTERS[byte];
  return text;
}

/** The ids of a text's bytes in UTF-8, each in [0, 256). */
export function byteIds(text: string): number[] {
  return Array.from(new TextEncoder().encode(text), (byte) => ID_OF_BYTE[byte]!);
}

function byteOrder(): Uint8Array {
  const printable: number[] = [];
  const others: number[] = [];
  for (let byte = 0; byte < 256; byte++) (printsAsItself(byte) ? printable : others).push(byte);
  return Uint8Array.from([...printable, ...others]);
}

function characters(): string[] {
  const list = new Array<string>(256);
  BYTE_ORDER.forEach((byte, id) => {
    list[byte] = String.fromCharCode(printsAsItself(byte) ? byte : id - 188 + 256);
  });
  return list;
}

// Latin-1 without control characters, blank, no-break space (0xA0) and soft hyphen (0xAD)
function printsAsItself(byte: number): boolean {
  return (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad);
}
