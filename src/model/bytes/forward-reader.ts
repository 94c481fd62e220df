import { FormatError } from "../../errors.ts";
import { type ByteSource, joinBytes } from "./source.ts";

/** The first piece asked for, in bytes; each next one is twice as long, up to `MAX_PIECE`. */
const FIRST_PIECE = 1 << 19;
const MAX_PIECE = 1 << 23;
/** Of sources that fill buffers, of which a piece more costs nothing. */
const MAX_FILLED = 1 << 20;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Reads little-endian values one after the other from a source, of which growing pieces are asked for:
 * a header whose length nobody knows beforehand costs few slices, and at most about as many bytes again
 * as it has.
 *
 * Before a value is taken its bytes must be at hand: `if (reader.lacks(4)) await reader.fill(4)`. So a
 * value that is at hand costs no turn of the event loop, of which a vocabulary would need 10^5.
 */
export class ForwardReader {
  readonly #source: ByteSource;
  readonly #file: string;
  readonly #longest: number;
  readonly #signal: AbortSignal | undefined;
  #view: DataView = new DataView(new ArrayBuffer(0));
  /** Offset in the file of the first byte at hand. */
  #start = 0;
  /** Of the next byte, from `#start`. */
  #at = 0;
  #piece = FIRST_PIECE;
  readonly #longestPiece: number;
  /** Where pieces are filled in, one after the other. */
  #buffer: Uint8Array = new Uint8Array();

  /** @param longest How many bytes are read and passed over at most: what is longer is no header. */
  constructor(source: ByteSource, file: string, longest: number, signal: AbortSignal | undefined) {
    this.#source = source;
    this.#file = file;
    this.#longest = longest;
    this.#signal = signal;
    this.#longestPiece = source.fill === undefined ? MAX_PIECE : MAX_FILLED;
  }

  /** Offset in the file of the next byte. */
  get offset(): number {
    return this.#start + this.#at;
  }

  /** How many bytes the file still has. */
  get rest(): number {
    return this.#source.byteLength - this.offset;
  }

  /** True unless the next so many bytes are at hand. */
  lacks(length: number): boolean {
    return this.#at + length > this.#view.byteLength;
  }

  /** Brings at least the next so many bytes to hand. @throws {FormatError} if the file has fewer. */
  async fill(length: number): Promise<void> {
    this.#checkRest(length);
    const kept = this.peek(this.#view.byteLength);
    const start = this.offset + kept.length;
    const end = Math.min(
      this.#source.byteLength,
      Math.max(this.offset + length, start + this.#piece),
    );
    const joined = await this.#join(kept, start, end);
    this.#start = this.offset;
    this.#at = 0;
    this.#view = new DataView(joined.buffer, joined.byteOffset, joined.length);
    this.#piece = Math.min(2 * this.#piece, this.#longestPiece);
  }

  /** These bytes, which lie in the buffer already, and those after them. */
  async #join(kept: Uint8Array, start: number, end: number): Promise<Uint8Array> {
    const options = { signal: this.#signal };
    if (this.#source.fill === undefined) {
      const read = await this.#source.slice(start, end, options);
      return kept.length === 0 ? read : joinBytes([kept, read]);
    }
    const length = kept.length + end - start;
    if (this.#buffer.length < length) this.#buffer = new Uint8Array(length + MAX_FILLED);
    this.#buffer.set(kept);
    const joined = this.#buffer.subarray(0, length);
    await this.#source.fill(joined.subarray(kept.length), start, options);
    return joined;
  }

  /** The bytes at hand, up to so many, until the next `fill`; they are not passed over. */
  peek(most: number): Uint8Array {
    const length = Math.min(most, this.#view.byteLength - this.#at);
    return new Uint8Array(this.#view.buffer, this.#view.byteOffset + this.#at, length);
  }

  /** Passes over bytes; those not at hand are never read. @throws {FormatError} if the file has fewer. */
  skip(length: number): void {
    this.#checkRest(length);
    if (!this.lacks(length)) {
      this.#at += length;
      return;
    }
    this.#start = this.offset + length;
    this.#at = 0;
    this.#view = new DataView(new ArrayBuffer(0));
  }

  u32(): number {
    this.#at += 4;
    return this.#view.getUint32(this.#at - 4, true);
  }

  /** @throws {FormatError} naming `of` and `what` if the number is beyond 2^53 - 1. */
  u64(what: string, of = ""): number {
    // two halves: a big integer for each of millions of texts would take ten times as long
    const high = this.#view.getUint32(this.#at + 4, true);
    const low = this.#view.getUint32(this.#at, true);
    if (high >= 1 << 21) {
      throw this.fault(`${of}${what} is given as ${this.#view.getBigUint64(this.#at, true)}`);
    }
    this.#at += 8;
    return high * 2 ** 32 + low;
  }

  /** A view on the next so many bytes, which are passed over; it holds until the next `fill`. */
  take(length: number): DataView {
    this.#at += length;
    return new DataView(this.#view.buffer, this.#view.byteOffset + this.#at - length, length);
  }

  /** @throws {FormatError} naming `what` if the bytes are not UTF-8. */
  text(length: number, what: string): string {
    try {
      const text = utf8.decode(this.peek(length));
      this.#at += length;
      return text;
    } catch {
      throw this.fault(`${what} is not valid UTF-8`);
    }
  }

  /** The error for what is wrong at the next byte, or at `offset`. */
  fault(reason: string, offset: number = this.offset): FormatError {
    return new FormatError(`${this.#file}: byte ${offset}: ${reason}`, {
      file: this.#file,
      offset,
    });
  }

  #checkRest(length: number): void {
    const end = this.#source.byteLength;
    if (length > this.rest) {
      throw this.fault(
        `${length} bytes are needed here, but the file ends at byte ${end} (is it cut short?)`,
      );
    }
    if (this.offset + length > this.#longest) {
      throw this.fault(`the header is longer than ${this.#longest} bytes`);
    }
  }
}
