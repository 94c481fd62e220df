/** The bytes of a body as they come, which outlive the connection that they came by. */
import { joinBytes } from "./source.ts";

/** Bytes of a file received so far, from one place on; a second answer may go on where the first broke off. */
export class Received {
  #start = 0;
  #length = 0;
  #chunks: Uint8Array[] = [];
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
  }

  add(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    this.#total += chunk.length;
  }

  /** All bytes in one buffer. */
  bytes(): Uint8Array {
    return joinBytes(this.#chunks);
  }
}
