import { FormatError } from "../../errors.ts";
import type { FileOptions } from "../files.ts";
import { crc32 } from "./crc32.ts";
import { quoted } from "./display.ts";
import { faultAt } from "./fault.ts";
import { type ByteSource, checkSlice } from "./source.ts";
import type { ZipEntry } from "./zip.ts";

/** Where bytes follow an end that came too early, some engines see an error and others an end. */
const NOT_WHOLE = "is not what deflate makes, or ends too early";
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
      await stream?.close();
      stream = new Inflation(source, entry, file);
    }
    try {
      return await stream.take(start, end, signal);
    } catch (error) {
      await stream.close();
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
  /** What the source failed with. */
  #fault: unknown;
  /** Where the next piece begins in the archive; undefined once there is none. */
  #at: number | undefined;
  /** Ends when the last piece has been taken. */
  #feeding: Promise<void> | undefined;
  readonly #source: ByteSource;
  readonly #entry: ZipEntry;
  readonly #file: string;
  readonly #writer: WritableStreamDefaultWriter<BufferSource>;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;

  constructor(source: ByteSource, entry: ZipEntry, file: string) {
    this.#source = source;
    this.#entry = entry;
    this.#file = file;
    this.#at = entry.start;
    const { readable, writable } = new DecompressionStream("deflate-raw");
    this.#reader = readable.getReader();
    this.#writer = writable.getWriter();
    // what it fails with is thrown where a chunk is read
    this.#writer.closed.catch(() => {});
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

  async close(): Promise<void> {
    const ends = [this.#reader.cancel(), this.#writer.abort()];
    await Promise.all(ends.map((end) => end.catch(() => {})));
  }

  async #next(): Promise<void> {
    this.chunkStart += this.#chunk.length;
    const chunk = await this.#readChunk();
    if (chunk === undefined) throw this.#broken(NOT_WHOLE);
    this.#chunk = chunk;
    this.#crc = crc32(chunk, this.#crc);
    const done = this.chunkStart + chunk.length;
    if (done > this.#entry.size) throw this.#broken("unpacks to more");
    if (done < this.#entry.size) return;
    if ((await this.#readChunk()) !== undefined) throw this.#broken("unpacks to more");
    if (this.#crc !== this.#entry.crc) throw this.#broken("has another CRC-32 than the directory");
  }

  async #readChunk(): Promise<Uint8Array | undefined> {
    try {
      for (;;) {
        const { done, value } = await this.#fedUntil(this.#reader.read());
        if (done) return undefined;
        if (value.length > 0) return value;
      }
    } catch (cause) {
      if (this.#fault !== undefined) throw this.#fault;
      const { message, file, offset } = this.#broken(NOT_WHOLE);
      throw new FormatError(message, { file: file!, offset: offset!, cause });
    }
  }

  /**
   * Feeds the stream until it answers. A pipe would do, but in Node it takes in the whole entry before it
   * waits for its reader.
   */
  async #fedUntil<T>(answer: Promise<T>): Promise<T> {
    let answered = false;
    const settled = answer.finally(() => {
      answered = true;
    });
    settled.catch(() => {});
    while (!answered) {
      this.#feeding ??= this.#feed();
      if (this.#feeding === undefined) break;
      await Promise.race([settled, this.#feeding]);
    }
    return settled;
  }

  /** One piece, or the end; undefined after that. */
  #feed(): Promise<void> | undefined {
    if (this.#at === undefined) return undefined;
    const start = this.#at;
    const end = Math.min(start + PIECE, this.#entry.start + this.#entry.packed);
    this.#at = start === end ? undefined : end;
    const fed = this.#feedBytes(start, end).finally(() => {
      this.#feeding = undefined;
    });
    fed.catch(() => {});
    return fed;
  }

  async #feedBytes(start: number, end: number): Promise<void> {
    if (start === end) return this.#writer.close();
    const piece = await this.#source.slice(start, end).catch((error: unknown) => {
      this.#fault = error;
      throw error;
    });
    return this.#writer.write(piece as Uint8Array<ArrayBuffer>);
  }

  #broken(reason: string): FormatError {
    const { name, size, start } = this.#entry;
    return faultAt(this.#file, start, `${quoted(name)} (${size} bytes unpacked) ${reason}`);
  }
}
