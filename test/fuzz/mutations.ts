import fc from "fast-check";

/**
 * One change of a file, as plain data: fast-check can make it smaller and print it. Places are fractions
 * of the length, from 0 to 1, so that a change means something in a file of any length.
 */
export type Mutation =
  | { readonly kind: "bit"; readonly at: number; readonly bit: number }
  | { readonly kind: "byte"; readonly at: number; readonly value: number }
  | { readonly kind: "cut"; readonly at: number }
  | { readonly kind: "append"; readonly bytes: Uint8Array }
  | { readonly kind: "remove"; readonly at: number; readonly length: number }
  | {
      readonly kind: "repeat";
      readonly at: number;
      readonly length: number;
      readonly times: number;
    }
  | { readonly kind: "splice"; readonly at: number; readonly from: number; readonly length: number }
  | { readonly kind: "integer"; readonly at: number; readonly bytes: Uint8Array }
  | { readonly kind: "number"; readonly at: number; readonly text: string }
  | { readonly kind: "value"; readonly at: number; readonly text: string }
  | { readonly kind: "member"; readonly at: number }
  | { readonly kind: "insert"; readonly at: number; readonly text: string };

const WIDTHS = [1, 2, 4, 8] as const;

/** Whole numbers at which readers go wrong: the ends of every width, and their neighbours. */
const EXTREMES: readonly bigint[] = [
  0n,
  1n,
  ...[7n, 8n, 15n, 16n, 24n, 31n, 32n, 48n, 53n, 62n, 63n, 64n].flatMap((bits) => [
    (1n << bits) - 1n,
    1n << bits,
    (1n << bits) + 1n,
  ]),
];

const NUMBERS = [
  ...EXTREMES.map(String),
  ...EXTREMES.map((value) => `-${value}`),
  ...["-0", "1.0", "1e0", "0.5", "1e308", "1e309", "1e-400", "01", "+1", "0x1", "NaN", "Infinity"],
  ..."1_000 1L ١ ".split(" "),
  "9".repeat(400),
];

/** What may stand in the place of a value of JSON, or of any text much like it. */
const VALUES = [
  ...["null", "true", "false", "[]", "{}", '""', "{", "}", "[", "]", '"', ",", ":", "(", ")"],
  ...['"__proto__"', '"constructor"', '"\\ud800"', '"\\u0000"', '"../../x"', '"/etc/passwd"'],
  ...["\ufeff", "\0", "\r", "\n", "\t", "\u2028", "'", "\\", "#"],
  "[".repeat(300),
  '{"a":'.repeat(150),
  `${"[".repeat(90)}${"]".repeat(90)}`,
  `"${"x".repeat(5000)}"`,
];

const BAD_UTF8 = [[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xe2, 0x96], [0xf4, 0x90, 0x80, 0x80]];

/**
 * Any one change. Half of the places lie in the first or last bytes, where formats keep their lengths.
 *
 * @param tokens Words of the format, to be inserted.
 */
export function mutation(tokens: readonly string[]): fc.Arbitrary<Mutation> {
  const place = fc.double({ min: 0, max: 1, noNaN: true });
  const at = fc.oneof(
    place,
    place.map((x) => x * x * x * x),
    place.map((x) => 1 - x * x * x * x),
  );
  const length = fc.oneof(fc.integer({ min: 1, max: 16 }), fc.integer({ min: 1, max: 4096 }));
  const short = fc.uint8Array({ minLength: 1, maxLength: 16 });
  return fc.oneof(
    fc.record({ kind: fc.constant("bit" as const), at, bit: fc.nat(7) }),
    fc.record({ kind: fc.constant("byte" as const), at, value: fc.nat(255) }),
    fc.record({ kind: fc.constant("cut" as const), at }),
    fc.record({ kind: fc.constant("append" as const), bytes: short }),
    fc.record({ kind: fc.constant("remove" as const), at, length }),
    fc.record({
      kind: fc.constant("repeat" as const),
      at,
      length,
      times: fc.integer({ min: 1, max: 8 }),
    }),
    fc.record({ kind: fc.constant("splice" as const), at, from: place, length }),
    fc.record({ kind: fc.constant("integer" as const), at, bytes: integer() }),
    fc.record({
      kind: fc.constant("integer" as const),
      at,
      bytes: fc.constantFrom(...BAD_UTF8.map((x) => Uint8Array.from(x))),
    }),
    fc.record({
      kind: fc.constant("number" as const),
      at: place,
      text: fc.constantFrom(...NUMBERS),
    }),
    fc.record({
      kind: fc.constant("value" as const),
      at: place,
      text: fc.constantFrom(...VALUES, ...tokens),
    }),
    fc.record({ kind: fc.constant("member" as const), at: place }),
    fc.record({
      kind: fc.constant("insert" as const),
      at,
      text: fc.constantFrom(...VALUES, ...tokens),
    }),
  );
}

/** An extreme in 1 to 8 bytes of either order. */
function integer(): fc.Arbitrary<Uint8Array> {
  return fc
    .tuple(fc.constantFrom(...EXTREMES), fc.constantFrom(...WIDTHS), fc.boolean(), fc.boolean())
    .map(([value, width, negative, bigEndian]) => {
      const bytes = new Uint8Array(8);
      new DataView(bytes.buffer).setBigUint64(
        0,
        BigInt.asUintN(64, negative ? -value : value),
        true,
      );
      const field = bytes.slice(0, width);
      return bigEndian ? field.reverse() : field;
    });
}

/** The file after the change; `other` is what a splice takes its bytes from. */
export function mutate(file: Uint8Array, change: Mutation, other: Uint8Array): Uint8Array {
  const at = "at" in change ? Math.min(Math.floor(change.at * file.length), file.length) : 0;
  const replaced = (end: number, ...middle: readonly Uint8Array[]) =>
    concat([file.subarray(0, at), ...middle, file.subarray(end)]);
  switch (change.kind) {
    case "bit":
    case "byte": {
      const bytes = file.slice();
      if (at < bytes.length)
        bytes[at] = change.kind === "bit" ? bytes[at]! ^ (1 << change.bit) : change.value;
      return bytes;
    }
    case "cut":
      return file.slice(0, at);
    case "append":
      return concat([file, change.bytes]);
    case "remove":
      return replaced(at + change.length);
    case "repeat": {
      const part = file.subarray(at, at + change.length);
      return replaced(at, ...Array<Uint8Array>(change.times).fill(part));
    }
    case "splice": {
      const from = Math.floor(change.from * other.length);
      return replaced(at, other.subarray(from, from + change.length));
    }
    case "integer":
      return replaced(at + change.bytes.length, change.bytes);
    case "insert":
      return replaced(at, encoder.encode(change.text));
    case "number":
    case "value":
      return replaceMatch(file, PLACES[change.kind], change.at, () => [
        encoder.encode(change.text),
      ]);
    case "member":
      return replaceMatch(file, PLACES.member, change.at, (found) => [found, COMMA, found]);
  }
}

const encoder = new TextEncoder();
const COMMA = encoder.encode(",");

/** What stands for a number, a value or a member (an entry, a line) in JSON and texts like it. */
const PLACES = {
  number: /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g,
  value: /"[^"]*"|'[^']*'|\b[\w.+-]+\b|\[[^[\]]*\]|\([^()]*\)/g,
  // a line from its beginning: from anywhere it would be looked for as often as there are characters
  member: /"[^"]*" *: *(?:"[^"]*"|[^"{},]+)|\{[^{}]*\},?|(?<![^\n])[^\n]*\n/g,
};

/** Replaces one of the places where the file, read as Latin-1, matches; none: the file as it is. */
function replaceMatch(
  file: Uint8Array,
  pattern: RegExp,
  which: number,
  put: (found: Uint8Array) => readonly Uint8Array[],
): Uint8Array {
  // Latin-1 has one character for each byte, so places in the text are places in the file
  const text = Buffer.from(file.subarray(0, 1 << 16)).toString("latin1");
  const matches = [...text.matchAll(pattern)].filter(([found]) => found !== "");
  const match = matches[Math.floor(which * matches.length)] ?? matches.at(-1);
  if (match === undefined) return file.slice();
  const end = match.index + match[0].length;
  const middle = put(file.subarray(match.index, end));
  return concat([file.subarray(0, match.index), ...middle, file.subarray(end)]);
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
