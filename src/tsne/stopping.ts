/** When to stop before the last iteration; looked at every 50 iterations, as in scikit-learn. */
export class StoppingRule {
  readonly #minGradNorm: number;
  readonly #patience: number;
  #best: number = Number.POSITIVE_INFINITY;
  #bestAt = 0;

  /**
   * @param minGradNorm Stop when the gradient's norm is not above this.
   * @param patience Stop when the error was not improved for more than this many iterations.
   */
  constructor(minGradNorm: number, patience: number) {
    this.#minGradNorm = minGradNorm;
    this.#patience = patience;
  }

  /** Whether the error can still end a run that has `until` iterations at most. */
  needsError(until: number): boolean {
    return until - 1 - this.#bestAt > this.#patience;
  }

  /**
   * @param iteration Counted from 0.
   * @param error NaN where `needsError` said no.
   */
  stops(iteration: number, error: number, gradNorm: number): boolean {
    if (error < this.#best) {
      this.#best = error;
      this.#bestAt = iteration;
    } else if (iteration - this.#bestAt > this.#patience) {
      return true;
    }
    return gradNorm <= this.#minGradNorm;
  }
}
