/**
 * Gradient descent as t-SNE does it: momentum, and a gain for every coordinate that grows by 0.2 while
 * the gradient keeps its direction and shrinks to 0.8 where it turns (Jacobs 1988; constants as in
 * scikit-learn 1.9 and van der Maaten's code).
 */

const MIN_GAIN = 0.01;

/** The optimiser's memory; one for each phase of the schedule. */
export class Descent {
  readonly #update: Float64Array;
  readonly #gains: Float64Array;

  constructor(size: number) {
    this.#update = new Float64Array(size);
    this.#gains = new Float64Array(size).fill(1);
  }

  /**
   * Moves Y one step against the gradient.
   *
   * @returns The norm of the gradient after the gains were applied, which the stopping rule looks at.
   */
  step(Y: Float64Array, gradient: Float64Array, momentum: number, learningRate: number): number {
    const update = this.#update;
    const gains = this.#gains;
    let norm = 0;
    for (let e = 0; e < Y.length; e++) {
      const turned = update[e]! * gradient[e]! >= 0;
      const gain = Math.max(MIN_GAIN, turned ? gains[e]! * 0.8 : gains[e]! + 0.2);
      const g = gradient[e]! * gain;
      gains[e] = gain;
      update[e] = momentum * update[e]! - learningRate * g;
      Y[e]! += update[e]!;
      norm += g * g;
    }
    return Math.sqrt(norm);
  }
}
