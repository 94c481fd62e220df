/**
 * The descent of t-SNE over the kernels: the state of one run, which moves on by iterations and can be looked
 * at between them. Coordinates are float32, as scikit-learn's; sums over pairs are float64.
 */
import { log } from "../math.ts";
import { Arena, type Region } from "./arena.ts";
import {
  BAND,
  type DescentLayout,
  filledEntries,
  layDescent,
  WORD,
  writeRows,
  writeState,
} from "./descent-state.ts";
import { holdTeam } from "./held-team.ts";
import { widestSpacing } from "./mesh.ts";
import { mortonOrder } from "./morton.ts";
import type { RunOptions } from "./run.ts";
import type { SparseRows } from "./sparse-rows.ts";
import type { Team } from "./team.ts";

/** How one step is made. */
export interface StepParams {
  /** Factor on P. */
  readonly exaggeration: number;
  readonly momentum: number;
  /** For a gradient that carries the factor 4. */
  readonly learningRate: number;
  /** The longest step of a point; default: any. Longer ones are shortened, as in openTSNE. */
  readonly maxStepNorm?: number | undefined;
}

/** What an iteration found out on its way. */
export interface StepFindings {
  /** Norm of the gradient, after the gains. */
  readonly gradNorm: number;
  /** KL(P || Q) of the map before the step, where it was asked for; with Z as the repulsion has it. */
  readonly klDivergence: number;
}

type Breath = () => Promise<void> | undefined;

export interface DescentInput extends RunOptions {
  /** Joint probabilities. */
  readonly P: SparseRows;
  readonly nComponents: 1 | 2 | 3;
  /** The map to begin with, (n, nComponents) row by row. */
  readonly start: ArrayLike<number>;
  /** How many iterations there will be, at most. */
  readonly iterations: number;
  /** Called between stretches of work. */
  readonly breath: Breath;
}

/** Places in the state's float64 numbers, as in assembly/tsne-state.ts. */
const NUMBER = { step: 0, Z: 4, norm: 5, cross: 6 } as const;
/** Multiply-adds of one pair, and of one entry of P. */
const PAIR_WORK = 6;
const ENTRY_WORK = 12;
/** Points from which on their order in memory is worth the work. */
const ORDERED_FROM = 4096;
/** Pairs for one look at the signal, when the divergence is computed. */
const PAIRS_PER_CALL = 1e8;

export interface OpenDescent {
  readonly descent: Descent;
  /** Lets threads and memory go; with `failed` the threads are ended. */
  close(failed?: boolean): Promise<void>;
}

/** Opens a run; it holds threads and memory until it is closed. A run that was cancelled is not to be looked at. */
export async function openDescent(input: DescentInput): Promise<OpenDescent> {
  const { P, nComponents, start, iterations, breath, ...options } = input;
  const arena = new Arena();
  const layout = layDescent(arena, nComponents, {
    n: P.indptr.length - 1,
    entries: filledEntries(P),
  });
  const perIteration = (layout.n * layout.n * PAIR_WORK) / 2 + layout.columns.length * ENTRY_WORK;
  const work = perIteration * iterations;
  const { team, release } = await holdTeam({ ...options, bytes: arena.bytes, work });
  writeState(team, layout);
  const descent = new Descent(team, layout, nComponents, P);
  // threads at work hear of it at once, and are done within some milliseconds
  const words = team.u32(layout.state);
  const cancel = () => void Atomics.store(words, WORD.cancelled, 1);
  options.signal?.addEventListener("abort", cancel);
  const close = async (failed = false) => {
    options.signal?.removeEventListener("abort", cancel);
    await release(failed);
  };
  try {
    await descent.begin(start, breath);
  } catch (error) {
    await close(true);
    throw error;
  }
  return { descent, close };
}

/** The state of a run. */
export class Descent {
  readonly #team: Team;
  readonly #layout: DescentLayout;
  readonly #nComponents: number;
  readonly #numbers: Float64Array;
  readonly #P: SparseRows;
  /** Which point lies where in memory. */
  #order: Uint32Array;
  #sumOfP = 0;
  /** Sum of p log p. */
  #entropy = 0;

  constructor(team: Team, layout: DescentLayout, nComponents: number, P: SparseRows) {
    this.#team = team;
    this.#layout = layout;
    this.#nComponents = nComponents;
    this.#numbers = team.f64(layout.numbers);
    this.#P = P;
    this.#order = Uint32Array.from({ length: layout.n }, (_, i) => i);
  }

  /** Puts the points where they start, (n, nComponents) row by row. */
  async begin(start: ArrayLike<number>, breath: Breath): Promise<void> {
    this.restart();
    this.#write(this.#layout.map, start);
    this.#sumOfP = await this.#writeRows(breath);
    await this.#team.all("tsneEntropy", this.#layout.state.at);
    this.#entropy = this.#numbers[NUMBER.cross]!;
  }

  /** Forgets velocities and gains, as at the start of a phase. */
  restart(): void {
    this.#team.f32(this.#layout.update).fill(0);
    this.#team.f32(this.#layout.gains).fill(1);
  }

  /**
   * Puts the points of a large map in an order in memory in which those near each other on the map lie near each
   * other, so that fewer of them come from afar. Makes no difference but of time, and of rounding.
   */
  async arrange(breath: Breath): Promise<void> {
    const { n, stride, map, update, gains } = this.#layout;
    if (n < ORDERED_FROM) return;
    const regions = [map, update, gains];
    const kept = regions.map((region) => this.#rows(this.#team.f32(region)));
    const order = mortonOrder(this.#team.f32(map), stride, n);
    this.#order = order.map((at) => this.#order[at]!);
    regions.forEach((region, i) => {
      this.#write(region, kept[i]!);
    });
    await this.#writeRows(breath);
  }

  /** Writes P in the points' order; returns its sum. */
  async #writeRows(breath: Breath): Promise<number> {
    const sum = await writeRows(this.#team, this.#layout, this.#P, this.#order, breath);
    if (this.#layout.axes === 2) this.#team.one("tsnePlace", this.#layout.state.at);
    return sum;
  }

  #write(region: Region, rows: ArrayLike<number>): void {
    const { n, stride } = this.#layout;
    const axes = this.#team.f32(region);
    for (let c = 0; c < this.#nComponents; c++) {
      for (let r = 0; r < n; r++) {
        axes[c * stride + r] = rows[this.#order[r]! * this.#nComponents + c]!;
      }
    }
  }

  /** Runs `count` iterations; the findings are those of the last one. */
  async iterate(
    count: number,
    { exaggeration, momentum, learningRate, maxStepNorm = Number.POSITIVE_INFINITY }: StepParams,
    { divergence = false }: { divergence?: boolean } = {},
  ): Promise<StepFindings> {
    this.#numbers.set([exaggeration, momentum, learningRate, maxStepNorm], NUMBER.step);
    await this.#team.all("tsneIterations", this.#layout.state.at, count, divergence ? 1 : 0);
    const gradNorm = this.#numbers[NUMBER.norm]!;
    if (!divergence) return { gradNorm, klDivergence: Number.NaN };
    const [Z, cross] = [this.#numbers[NUMBER.Z]!, this.#numbers[NUMBER.cross]!];
    return { gradNorm, klDivergence: this.#divergenceOf(cross, Z) };
  }

  /** The widest spacing of the mesh so far, in units of the map; null where all repulsion came from pairs. */
  get meshSpacing(): number | null {
    const { mesh } = this.#layout;
    return mesh === undefined || this.meshIterations === 0 ? null : widestSpacing(this.#team, mesh);
  }

  /** In how many iterations so far repulsion came from the mesh; in the others, from all pairs. */
  get meshIterations(): number {
    return this.#team.u32(this.#layout.state)[WORD.meshed]!;
  }

  /** The map as it is, (n, nComponents) row by row. */
  map(): Float32Array {
    return this.#rows(this.#team.f32(this.#layout.map));
  }

  /**
   * KL(P || Q) of the map as it is, in nats, with Z over all pairs: O(n^2).
   *
   * @param breath Called between stretches of work, with how many rows of pairs are done.
   */
  async klDivergence(breath: (rows: number) => ReturnType<Breath>): Promise<number> {
    const { n, state, bandSums } = this.#layout;
    await this.#team.all("tsneCross", state.at);
    const cross = this.#numbers[NUMBER.cross]!;
    const bands = Math.ceil(n / BAND);
    const each = Math.max(1, Math.floor(PAIRS_PER_CALL / (BAND * n)));
    for (let from = 0; from < bands; from += each) {
      const end = Math.min(bands, from + each);
      await this.#team.all("tsneBands", state.at, bandSums.at, from, end);
      await breath(Math.min(end * BAND, n));
    }
    const Z = this.#team.f64(bandSums).reduce((sum, share) => sum + share, 0);
    return this.#divergenceOf(cross, Z);
  }

  /** The gradient of KL(P || Q), with P times `exaggeration`, at the map as it is, row by row; and its Z. */
  async gradient(exaggeration: number): Promise<{ gradient: Float32Array; Z: number }> {
    const { state, attraction, forces, stride, axes, blocks } = this.#layout;
    await this.#team.all("tsneForces", state.at);
    const Z = this.#numbers[NUMBER.Z]!;
    const repulsion = this.#team.f32(forces);
    const gradient = this.#team.f32(attraction).map((a, e) => {
      let sum = 0;
      for (let b = 0; b < blocks; b++) sum += repulsion[b * stride * axes + e]!;
      return 4 * (exaggeration * a - (Z > 0 ? sum / Z : 0));
    });
    return { gradient: this.#rows(gradient), Z };
  }

  /** sum of p log(p / q) with q = w / Z, of the sum of p log(1 / w). */
  #divergenceOf(cross: number, Z: number): number {
    return this.#entropy + cross + this.#sumOfP * log(Z);
  }

  /** Arrays by axis as rows of points, in the caller's order. */
  #rows(axes: Float32Array): Float32Array {
    const { n, stride } = this.#layout;
    const cols = this.#nComponents;
    const rows = new Float32Array(n * cols);
    for (let c = 0; c < cols; c++) {
      for (let i = 0; i < n; i++) rows[this.#order[i]! * cols + c] = axes[c * stride + i]!;
    }
    return rows;
  }
}
