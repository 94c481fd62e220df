/** Where things lie in the memory of a team. */

/** A stretch of memory: a byte offset and how many entries of its kind it holds. */
export interface Region {
  readonly at: number;
  readonly length: number;
}

/** The first page is the threads' own, and holds the module's constants. */
const FIRST = 65536;
/** A cache line, so that threads that write to neighbouring regions don't share one. */
const ALIGNMENT = 64;

/** Lays regions one after the other; its size, when all are laid, is the memory's. */
export class Arena {
  #end = FIRST;

  /** Bytes from the start of the memory to the end of the last region. */
  get bytes(): number {
    return this.#end;
  }

  f64(length: number): Region {
    return this.#lay(length, 8);
  }

  f32(length: number): Region {
    return this.#lay(length, 4);
  }

  i32(length: number): Region {
    return this.#lay(length, 4);
  }

  u32(length: number): Region {
    return this.#lay(length, 4);
  }

  i16(length: number): Region {
    return this.#lay(length, 2);
  }

  u8(length: number): Region {
    return this.#lay(length, 1);
  }

  #lay(length: number, size: number): Region {
    const at = this.#end;
    this.#end = Math.ceil((at + length * size) / ALIGNMENT) * ALIGNMENT;
    return { at, length };
  }
}
