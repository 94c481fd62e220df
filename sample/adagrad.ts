/** Duchi, Hazan and Singer, "Adaptive subgradient methods for online learning" (2011), row by row. */

/** A parameter matrix with the sums of its squared gradients. */
export class Adagrad {
  readonly #parameters: Float64Array;
  readonly #squares: Float64Array;
  readonly #dim: number;
  readonly #decay: number;

  /**
   * @param parameters (rows, dim), changed by `step`.
   * @param decay This much of a row is added to its gradient at every step, which draws it to zero.
   */
  constructor(parameters: Float64Array, dim: number, decay = 0) {
    this.#decay = decay;
    this.#parameters = parameters;
    this.#squares = new Float64Array(parameters.length).fill(INITIAL_SQUARE);
    this.#dim = dim;
  }

  /** Moves one row against its gradient, which is read from `gradient` at `offset`. */
  step(row: number, gradient: Float64Array, offset: number, learningRate: number): void {
    const parameters = this.#parameters;
    const squares = this.#squares;
    const dim = this.#dim;
    const decay = this.#decay;
    const start = row * dim;
    for (let k = 0; k < dim; k++) {
      const g = gradient[offset + k]! + decay * parameters[start + k]!;
      const sum = squares[start + k]! + g * g;
      squares[start + k] = sum;
      parameters[start + k]! -= (learningRate * g) / Math.sqrt(sum);
    }
  }
}

/** Keeps the first steps of a row from being as long as the learning rate. */
const INITIAL_SQUARE = 0.01;
