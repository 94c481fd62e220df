import { HuffmanCode } from "./huffman.ts";
import { joinBytes } from "./source.ts";

/** What copies refer to: so many bytes back at most. */
const WINDOW = 1 << 15;
/** Bytes that are given at once. */
const CHUNK = 1 << 16;
/** Longest copy. */
const LONGEST_COPY = 258;
/** More input than a symbol with its extra bits takes, and than the codes at the start of a block. */
const SYMBOL_BYTES = 8;
const HEADER_BYTES = 640;

const COPY_LENGTHS: Uint16Array = Uint16Array.of(
  ...[3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31],
  ...[35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258],
);
const DISTANCES: Uint16Array = Uint16Array.of(
  ...[1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769],
  ...[1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577],
);
/** In which order the lengths of the code of code lengths come. */
const LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

const FIXED_LENGTHS: Uint8Array = Uint8Array.from({ length: 288 }, (_, symbol) =>
  symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8,
);
const fixedCodes = (): [HuffmanCode, HuffmanCode] => [
  new HuffmanCode(FIXED_LENGTHS),
  new HuffmanCode(new Uint8Array(32).fill(5)),
];

/** What deflate has packed is broken. */
export class BrokenDeflate extends Error {}

/**
 * Unpacks deflate's format (RFC 1951) from pieces of input. The engines' `DecompressionStream` is not used: what it
 * gives before a fault, and whether it takes bytes behind the end, differs between browsers and
 * versions of Node.
 */
export class Inflater {
  #input: Uint8Array = new Uint8Array();
  /** The next byte of the input. */
  #at = 0;
  #isLast = false;
  /** Bits taken from the input and not used yet, the next one lowest, and how many. */
  #bits = 0;
  #count = 0;
  #out: Uint8Array = new Uint8Array(WINDOW + CHUNK + LONGEST_COPY);
  /** Where the bytes begin that were not given yet, and where they end. */
  #given = 0;
  #end = 0;
  #state: "header" | "stored" | "codes" | "end" = "header";
  #isFinal = false;
  /** Bytes of a stored block that are still to come. */
  #stored = 0;
  #literals: HuffmanCode | undefined;
  #distances: HuffmanCode | undefined;

  /** Bytes of the input behind the end of what was unpacked. */
  get rest(): number {
    return this.#input.length - this.#at + (this.#count >> 3);
  }

  /** More input, which goes on where the last ended. */
  push(input: Uint8Array, isLast: boolean): void {
    const left = this.#input.subarray(this.#at);
    this.#input = left.length === 0 ? input : joinBytes([left, input]);
    this.#at = 0;
    this.#isLast = isLast;
  }

  /**
   * The next bytes, some of which are kept to be referred to; `"input"` where more is needed first,
   * undefined at the end.
   *
   * @throws {BrokenDeflate} if the input is no deflate, or the last of it ends too early.
   */
  next(): Uint8Array | "input" | undefined {
    while (this.#end - this.#given < CHUNK && this.#state !== "end") {
      if (this.#lacks(this.#state === "header" ? HEADER_BYTES : SYMBOL_BYTES)) return "input";
      if (this.#state === "header") this.#header();
      else if (this.#state === "stored") this.#copyStored();
      else this.#decode();
      this.#checkEnd();
    }
    if (this.#given === this.#end) return undefined;
    const bytes = this.#out.slice(this.#given, this.#end);
    const kept = Math.min(this.#end, WINDOW);
    this.#out.copyWithin(0, this.#end - kept, this.#end);
    this.#given = kept;
    this.#end = kept;
    return bytes;
  }

  #lacks(length: number): boolean {
    return !this.#isLast && this.#input.length - this.#at < length;
  }

  /** Behind the last of the input zeros are read, until it is noticed here. */
  #checkEnd(): void {
    if (this.rest < 0) throw new BrokenDeflate("it ends too early");
  }

  /** The next so many bits, at most 16. */
  #take(count: number): number {
    while (this.#count < count) {
      this.#bits |= (this.#input[this.#at++] ?? 0) << this.#count;
      this.#count += 8;
    }
    const value = this.#bits & ((1 << count) - 1);
    this.#bits >>>= count;
    this.#count -= count;
    return value;
  }

  #header(): void {
    this.#isFinal = this.#take(1) === 1;
    const type = this.#take(2);
    if (type === 3) throw new BrokenDeflate("there is no such block");
    if (type === 0) {
      this.#storedHeader();
      return;
    }
    [this.#literals, this.#distances] = type === 1 ? fixedCodes() : this.#readCodes();
    this.#state = "codes";
  }

  #endBlock(): void {
    this.#state = this.#isFinal ? "end" : "header";
  }

  #storedHeader(): void {
    this.#take(this.#count & 7);
    this.#stored = this.#take(16);
    if (this.#take(16) !== (this.#stored ^ 0xffff)) throw new BrokenDeflate("two lengths differ");
    // whole bytes that were taken already go back
    this.#at -= this.#count >> 3;
    this.#bits = 0;
    this.#count = 0;
    this.#state = "stored";
    if (this.#stored === 0) this.#endBlock();
  }

  #copyStored(): void {
    const room = this.#out.length - this.#end;
    const length = Math.min(this.#stored, room, Math.max(this.rest, 0));
    if (length === 0) throw new BrokenDeflate("it ends too early");
    this.#out.set(this.#input.subarray(this.#at, this.#at + length), this.#end);
    this.#at += length;
    this.#end += length;
    this.#stored -= length;
    if (this.#stored === 0) this.#endBlock();
  }

  /** The codes of a block, which are packed by a code of their own. */
  #readCodes(): [HuffmanCode, HuffmanCode] {
    const literals = this.#take(5) + 257;
    const distances = this.#take(5) + 1;
    const count = this.#take(4) + 4;
    if (literals > 286 || distances > 30) throw new BrokenDeflate("there are too many symbols");
    const own = new Uint8Array(19);
    for (let i = 0; i < count; i++) own[LENGTH_ORDER[i]!] = this.#take(3);
    const code = new HuffmanCode(own);
    const lengths = new Uint8Array(literals + distances);
    for (let i = 0; i < lengths.length; ) {
      const symbol = this.#symbol(code);
      const [value, times] = this.#repeated(symbol, i === 0 ? undefined : lengths[i - 1]);
      if (i + times > lengths.length) throw new BrokenDeflate("there are too many lengths");
      lengths.fill(value, i, i + times);
      i += times;
    }
    const codes: [HuffmanCode, HuffmanCode] = [
      new HuffmanCode(lengths.subarray(0, literals)),
      new HuffmanCode(lengths.subarray(literals)),
    ];
    const isWhole = code.isComplete && codes.every(({ isComplete }) => isComplete);
    if (!isWhole || lengths[256] === 0) throw new BrokenDeflate("a code is not whole");
    return codes;
  }

  #symbol(code: HuffmanCode): number {
    while (this.#count < 15) {
      this.#bits |= (this.#input[this.#at++] ?? 0) << this.#count;
      this.#count += 8;
    }
    const word = code.word(this.#bits);
    if (word === 0) throw new BrokenDeflate("there is no such symbol");
    this.#bits >>>= word & 15;
    this.#count -= word & 15;
    return word >> 4;
  }

  /** A length of a word, and how often it comes. */
  #repeated(symbol: number, before: number | undefined): [value: number, times: number] {
    if (symbol < 16) return [symbol, 1];
    if (symbol > 16) return [0, symbol === 17 ? 3 + this.#take(3) : 11 + this.#take(7)];
    if (before === undefined) throw new BrokenDeflate("there is nothing to repeat");
    return [before, 3 + this.#take(2)];
  }

  /** Literals and copies, until the block ends, the chunk is full, or more input is needed. */
  #decode(): void {
    const out = this.#out;
    const literals = this.#literals!;
    const full = this.#given + CHUNK;
    // so far there is input for a symbol; of the last piece to the end, and a little beyond, which is noticed
    const last = this.#isLast ? this.#input.length : this.#input.length - SYMBOL_BYTES;
    let end = this.#end;
    while (end < full && (this.#at <= last || (this.#isLast && this.rest >= 0))) {
      const symbol = this.#symbol(literals);
      if (symbol < 256) {
        out[end++] = symbol;
        continue;
      }
      if (symbol === 256) {
        this.#endBlock();
        break;
      }
      const length = this.#copyLength(symbol - 257);
      const from = end - this.#copyDistance();
      if (from < 0) throw new BrokenDeflate("a copy reaches back too far");
      for (let i = 0; i < length; i++) out[end + i] = out[from + i]!;
      end += length;
    }
    this.#end = end;
  }

  #copyLength(index: number): number {
    if (index > 28) throw new BrokenDeflate("there is no such length");
    const extra = index < 8 || index === 28 ? 0 : (index >> 2) - 1;
    return COPY_LENGTHS[index]! + this.#take(extra);
  }

  #copyDistance(): number {
    const index = this.#symbol(this.#distances!);
    if (index > 29) throw new BrokenDeflate("there is no such distance");
    return DISTANCES[index]! + this.#take(index < 4 ? 0 : (index >> 1) - 1);
  }
}
