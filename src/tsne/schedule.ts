/** A run of t-SNE from its start to its end: phases of the descent, and when to stop before. */
import { type Descent, openDescent } from "../compute/descent.ts";
import { breather, type RunOptions } from "../compute/run.ts";
import type { SparseRows } from "../compute/sparse-rows.ts";
import { rangeError } from "../errors.ts";
import { type Matrix, matrix } from "../matrix.ts";
import { StoppingRule } from "./stopping.ts";

/** Iterations of one kind; velocities and gains begin anew in each phase. */
export interface Phase {
  /** What progress calls it. */
  readonly step: string;
  readonly iterations: number;
  /** Factor on P. */
  readonly exaggeration: number;
  readonly momentum: number;
  /** For a gradient that carries the factor 4. */
  readonly learningRate: number;
  /** The longest step of a point; default: any. */
  readonly maxStepNorm?: number | undefined;
  /** Iterations without progress after which the phase ends. */
  readonly patience: number;
}

export interface ScheduleInput extends RunOptions {
  /** Joint probabilities. */
  readonly P: SparseRows;
  /** The map to begin with. */
  readonly start: Matrix;
  readonly phases: readonly Phase[];
  readonly minGradNorm: number;
  /** The map is shown after every so many iterations. */
  readonly every: number;
}

/** A map on its way. */
export interface Stage {
  readonly embedding: Matrix;
  readonly klDivergence: number;
  readonly nIter: number;
  /** Where repulsion came from: all pairs in every iteration, or the mesh in some. */
  readonly repulsion: "pairs" | "mesh";
  /** The widest spacing of the mesh; null with `"pairs"`. */
  readonly meshSpacing: number | null;
}

/** Iterations between two looks at the divergence, as in scikit-learn. */
const CHECK_EVERY = 50;
/** How long a call of the kernels should take, in milliseconds: a cancelled run ends after it. */
const SLICE = 40;

/**
 * Runs the phases one after the other; gives the map every so often, and at the end. To progress every phase is a step
 * of its own, because its iterations take another time (with a wider map, in another order), and so is the exact divergence.
 */
export async function* runSchedule(input: ScheduleInput): AsyncGenerator<Stage, void, undefined> {
  const { P, start, phases, minGradNorm, every, ...options } = input;
  const nComponents = start.shape[1] as 1 | 2 | 3;
  const iterations = phases.reduce((sum, phase) => sum + phase.iterations, 0);
  const opening = breather(phases[0]!.step, phases[0]!.iterations, options);
  const { descent, close } = await openDescent({
    ...{ P, nComponents, start: start.data, iterations, ...options },
    breath: () => opening(0),
  });
  const slices = slicer();
  let nIter = 0;
  let failed = false;
  let last: Stage;
  try {
    for (const phase of phases.filter(({ iterations }) => iterations > 0)) {
      const begin = nIter;
      const until = begin + phase.iterations;
      const breath = breather(phase.step, phase.iterations, options);
      // the end is told once, behind the loop
      const breathe = () => breath(Math.min(nIter - begin, phase.iterations - 1));
      const rule = new StoppingRule(minGradNorm, phase.patience);
      descent.restart();
      while (nIter < until) {
        const next = Math.min(until, after(nIter, CHECK_EVERY), after(nIter, every));
        const count = Math.min(next - nIter, slices.count());
        const checks = (nIter + count) % CHECK_EVERY === 0;
        const divergence = checks && rule.needsError(until);
        const found = await slices.timed(count, () =>
          descent.iterate(count, phase, { divergence }),
        );
        options.signal?.throwIfAborted();
        nIter += count;
        if (nIter < iterations && arranges(nIter)) await descent.arrange(breathe);
        await breathe();
        if (checks && rule.stops(nIter - 1, found.klDivergence, found.gradNorm)) break;
        if (nIter % every === 0 && nIter < iterations) yield await stage(breathe);
      }
      await breath(phase.iterations);
    }
    last = await stage(breather("KL divergence", start.shape[0], options));
  } catch (error) {
    failed = true;
    throw error;
  } finally {
    await close(failed);
  }
  yield last;

  async function stage(breath: (rows: number) => Promise<void> | undefined): Promise<Stage> {
    const embedding = checked(descent, nComponents);
    const klDivergence = await descent.klDivergence(breath);
    const { meshSpacing } = descent;
    const repulsion = meshSpacing === null ? "pairs" : "mesh";
    return { embedding, klDivergence, nIter, repulsion, meshSpacing };
  }
}

/** The first multiple of `step` above `at`. */
const after = (at: number, step: number): number => (Math.floor(at / step) + 1) * step;

/** When points find a new order in memory: when the map has got its shape, and as it changes. */
const arranges = (nIter: number): boolean => nIter === 50 || nIter === 100 || nIter % 250 === 0;

/** How many iterations make a slice, from how long the last ones took. */
function slicer() {
  let each = Number.POSITIVE_INFINITY;
  let most = 1;
  return {
    count: () => Math.max(1, Math.min(most, Math.floor(SLICE / each))),
    async timed<T>(count: number, run: () => Promise<T>): Promise<T> {
      const begin = performance.now();
      const result = await run();
      each = (performance.now() - begin) / count;
      most = 2 * count;
      return result;
    },
  };
}

function checked(descent: Descent, nComponents: number): Matrix {
  const Y = descent.map();
  if (!Y.every(Number.isFinite)) {
    throw rangeError("TSNE: the map left the range of float32; expected a lower learningRate");
  }
  return matrix(Y.length / nComponents, nComponents, Y);
}
