/** The bytes of a body as they come, which outlive the connection that they came by. */
import { joinBytes } from "../bytes/source.ts";

/** Shorter chunks are put together: a server may send a hundred million of one byte, each an object of its own. */
const BLOCK = 1 << 16;

/** Bytes of a file received so far, from one place on; a second answer may go on where the first broke off. */
export class Received {
  #start = 0;
  #length = 0;
  #chunks: Uint8Array[] = [];
  /** The short chunks behind those, in its first `#used` bytes. */
  #block: Uint8Array = new Uint8Array();
  #used = 0;
  #total = 0;

  /** Where in the file the first byte lies. */
  get start(): number {
    return this.#start;
  }

  /** Where in the file the next byte belongs. */
  get end(): number {
    return this.#start + this.#length;
  }

  get length(): number {
    return this.#length;
  }

  /** Bytes received in all, also those of answers that were begun anew. */
  get total(): number {
    return this.#total;
  }

  /** Takes an answer that begins at this byte: goes on if that is the next one, else begins anew. */
  begin(start: number): void {
    if (start === this.end && this.#length > 0) return;
    this.#start = start;
    this.#length = 0;
    this.#chunks = [];
    this.#used = 0;
  }

  add(chunk: Uint8Array): void {
    if (this.#used + chunk.length > BLOCK) this.#closeBlock();
    if (chunk.length > BLOCK) {
      this.#chunks.push(chunk);
    } else {
      if (this.#block.length === 0) this.#block = new Uint8Array(BLOCK);
      this.#block.set(chunk, this.#used);
      this.#used += chunk.length;
    }
    this.#length += chunk.length;
    this.#total += chunk.length;
  }

  #closeBlock(): void {
    if (this.#used > 0) this.#chunks.push(this.#block.slice(0, this.#used));
    this.#used = 0;
  }

  /** All bytes in one buffer. */
  bytes(): Uint8Array {
    this.#closeBlock();
    return joinBytes(this.#chunks);
  }
}
