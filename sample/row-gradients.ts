import type { Adagrad } from "./adagrad.ts";

/** The gradients of those few rows of a big matrix that a step of training touches. */
export class RowGradients {
  /** (count, dim) in use: one row for every row touched, in order of their first touch. */
  readonly data: Float64Array;
  readonly #dim: number;
  readonly #rows: Int32Array;
  readonly #slots: Int32Array;
  #count = 0;

  /** @param rows Rows of the big matrix. */
  constructor(rows: number, dim: number) {
    // three rows to spare: products are made for four rows at a time
    this.data = new Float64Array((rows + 3) * dim);
    this.#dim = dim;
    this.#rows = new Int32Array(rows);
    this.#slots = new Int32Array(rows).fill(-1);
  }

  /** Where in `data` a row's gradient is summed; zero at the first touch. */
  offset(row: number): number {
    let slot = this.#slots[row]!;
    if (slot < 0) {
      slot = this.#count++;
      this.#slots[row] = slot;
      this.#rows[slot] = row;
      this.data.fill(0, slot * this.#dim, (slot + 1) * this.#dim);
    }
    return slot * this.#dim;
  }

  /** Moves the rows touched, and forgets them. */
  step(optimizer: Adagrad, learningRate: number): void {
    for (let slot = 0; slot < this.#count; slot++) {
      const row = this.#rows[slot]!;
      optimizer.step(row, this.data, slot * this.#dim, learningRate);
      this.#slots[row] = -1;
    }
    this.#count = 0;
  }
}
