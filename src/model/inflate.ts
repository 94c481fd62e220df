import type { FormatError } from "../errors.ts";
import { crc32 } from "./crc32.ts";
import { quoted } from "./display.ts";
import { faultAt } from "./fault.ts";
import type { FileOptions } from "./files.ts";
import { BrokenDeflate, Inflater } from "./inflater.ts";
import { type ByteSource, checkSlice } from "./source.ts";
import type { ZipEntry } from "./zip.ts";

/** Packed bytes that are read at once. */
const PIECE = 1 << 18;

/**
 * A deflated entry as a source. It is unpacked from its beginning to where it is asked for, and what is
 * not asked for is not kept: reading forwards unpacks it once, reading backwards begins anew.
 *
 * @param entry `start` is where the packed data begin.
 */
export function inflated(source: ByteSource, entry: ZipEntry, file: string): ByteSource {
  let stream: Inflation | undefined;
  let turn: Promise<unknown> = Promise.resolve();

  async function read(start: number, end: number, signal: AbortSignal | undefined) {
    signal?.throwIfAborted();
    if (stream === undefined || start < stream.chunkStart) {
      stream = new Inflation(source, entry, file);
    }
    try {
      return await stream.take(start, end, signal);
    } catch (error) {
      stream = undefined;
      throw error;
    }
  }
  return {
    byteLength: entry.size,
    slice: (start, end, options) => {
      // one after the other: all share the one stream
      const result = turn.then(() => {
        checkSlice(quoted(entry.name), start, end, entry.size);
        return read(start, end, options?.signal);
      });
      turn = result.catch(() => {});
      return result;
    },
  };
}

/** One run through a deflated entry. */
class Inflation {
  /** Offset of the last chunk in the unpacked content. */
  chunkStart = 0;
  #chunk: Uint8Array = new Uint8Array();
  #crc = 0;
  /** Where the next piece begins in the archive. */
  #at: number;
  readonly #inflater: Inflater = new Inflater();
  readonly #source: ByteSource;
  readonly #entry: ZipEntry;
  readonly #file: string;

  constructor(source: ByteSource, entry: ZipEntry, file: string) {
    this.#source = source;
    this.#entry = entry;
    this.#file = file;
    this.#at = entry.start;
  }

  /** The bytes [start, end) of the content; `start` is not before the last chunk. */
  async take(start: number, end: number, signal: FileOptions["signal"]): Promise<Uint8Array> {
    const bytes = new Uint8Array(end - start);
    let at = start;
    while (at < end) {
      const from = at - this.chunkStart;
      if (from < this.#chunk.length) {
        const part = this.#chunk.subarray(from, end - this.chunkStart);
        bytes.set(part, at - start);
        at += part.length;
      } else {
        signal?.throwIfAborted();
        await this.#next();
      }
    }
    return bytes;
  }

  async #next(): Promise<void> {
    this.chunkStart += this.#chunk.length;
    const chunk = await this.#nextChunk();
    if (chunk === undefined) throw this.#broken(`ends after ${this.chunkStart} bytes`);
    this.#chunk = chunk;
    this.#crc = crc32(chunk, this.#crc);
    const done = this.chunkStart + chunk.length;
    if (done > this.#entry.size) throw this.#broken("unpacks to more");
    if (done === this.#entry.size) await this.#checkEnd();
  }

  /** All that belongs to the entry has come: nothing may follow, and it must be what the directory tells of. */
  async #checkEnd(): Promise<void> {
    if ((await this.#nextChunk()) !== undefined) throw this.#broken("unpacks to more");
    const rest = this.#inflater.rest + this.#end - this.#at;
    if (rest > 0) throw this.#broken(`is followed by ${rest} bytes that belong to nothing`);
    if (this.#crc !== this.#entry.crc) throw this.#broken("has another CRC-32 than the directory");
  }

  async #nextChunk(): Promise<Uint8Array | undefined> {
    for (;;) {
      const chunk = this.#unpack();
      if (chunk !== "input") return chunk;
      const end = Math.min(this.#at + PIECE, this.#end);
      this.#inflater.push(await this.#source.slice(this.#at, end), end === this.#end);
      this.#at = end;
    }
  }

  #unpack(): Uint8Array | "input" | undefined {
    try {
      return this.#inflater.next();
    } catch (cause) {
      if (!(cause instanceof BrokenDeflate)) throw cause;
      throw this.#broken(`is not what deflate makes: ${cause.message}`);
    }
  }

  /** Where the packed data end in the archive. */
  get #end(): number {
    return this.#entry.start + this.#entry.packed;
  }

  #broken(reason: string): FormatError {
    const { name, size, start } = this.#entry;
    return faultAt(this.#file, start, `${quoted(name)} (${size} bytes unpacked) ${reason}`);
  }
}
