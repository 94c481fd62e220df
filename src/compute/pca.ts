/** Products with the centred rows of a matrix, on a team of threads; what they are: twins/pca.ts. */
import type { Matrix } from "../matrix.ts";
import { Arena, type Region } from "./arena.ts";
import { breather, type RunOptions } from "./run.ts";
import { type Team, withTeam } from "./team.ts";

/** The rows of a matrix less their mean, Xc (n, d), in float64. */
export interface CentredRows {
  /** Xc' (Xc v) for one or two vectors of d numbers. */
  products(vectors: readonly Float64Array[]): Promise<Float64Array[]>;
  /** Xc v for one or two vectors of d numbers. */
  scores(vectors: readonly Float64Array[]): Promise<Float64Array[]>;
}

/** Multiply-adds between two looks at the signal. */
const SLICE = 2e8;
/** Products to expect, from which it follows whether threads pay. */
const PASSES = 15;
const MOST_CHUNKS = 128;
const MOST_THREADS = 64;

/** Rows added up on their own, for n rows: a multiple of four. */
export function chunkRowsOf(n: number): number {
  return Math.max(64, Math.ceil(n / MOST_CHUNKS / 4) * 4);
}

/** Bytes that the components of n rows with d columns take beside the rows themselves. */
export function pcaBytes(n: number, d: number): number {
  return lay(n, d).bytes;
}

/** Runs `body` with the centred rows of X in a team's memory. */
export async function withCentredRows<T>(
  X: Matrix,
  options: RunOptions,
  body: (rows: CentredRows) => Promise<T>,
): Promise<T> {
  const [n, d] = X.shape;
  const layout = lay(n, d);
  return withTeam({ bytes: layout.bytes, work: 4 * n * d * PASSES, ...options }, async (team) => {
    copyRows(X, team.f32(layout.X), layout.d);
    await centre(team, layout, n);
    return body(centredRows(team, layout, n, d, options));
  });
}

interface Layout {
  /** Columns, up to an even number. */
  readonly d: number;
  readonly chunkRows: number;
  readonly chunks: number;
  readonly X: Region;
  readonly mean: Region;
  /** Two vectors. */
  readonly V: Region;
  /** Two vectors for every chunk. */
  readonly products: Region;
  /** Two numbers for every row. */
  readonly scores: Region;
  /** What each thread has for itself. */
  readonly Y: Region;
  readonly bytes: number;
}

function lay(n: number, columns: number): Layout {
  const arena = new Arena();
  const d = columns + (columns & 1);
  const rows = Math.ceil(n / 4) * 4;
  const chunkRows = chunkRowsOf(n);
  const chunks = Math.ceil(n / chunkRows);
  const regions = {
    X: arena.f32(rows * d),
    mean: arena.f64(d),
    V: arena.f64(2 * d),
    products: arena.f64(chunks * 2 * d),
    scores: arena.f64(2 * rows),
    Y: arena.f64(8 * MOST_THREADS),
  };
  return { d, chunkRows, chunks, ...regions, bytes: arena.bytes };
}

function copyRows({ data, shape: [n, d] }: Matrix, to: Float32Array, stride: number): void {
  if (stride === d) to.set(data);
  else for (let i = 0; i < n; i++) to.set(data.subarray(i * d, (i + 1) * d), i * stride);
}

/** Computes the mean row. */
async function centre(team: Team, layout: Layout, n: number): Promise<void> {
  const { X, d, chunkRows, chunks, products } = layout;
  await team.all("pcaSums", X.at, n, d, chunkRows, products.at);
  const mean = team.f64(layout.mean);
  addUp(team.f64(products), chunks, mean);
  for (let k = 0; k < d; k++) mean[k]! /= n;
}

/** Adds the chunks' numbers in the chunks' order. */
function addUp(parts: Float64Array, chunks: number, sum: Float64Array): void {
  sum.fill(0);
  for (let chunk = 0; chunk < chunks; chunk++) {
    const from = chunk * sum.length;
    for (let k = 0; k < sum.length; k++) sum[k]! += parts[from + k]!;
  }
}

function centredRows(
  team: Team,
  layout: Layout,
  n: number,
  columns: number,
  { signal }: RunOptions,
): CentredRows {
  const { X, d, mean, V, chunkRows, chunks, products, scores, Y } = layout;
  const slice = Math.max(1, Math.floor(SLICE / (4 * chunkRows * d)));
  const breath = breather("principal components", Number.POSITIVE_INFINITY, { signal });

  function put(vectors: readonly Float64Array[]): void {
    const to = team.f64(V).fill(0);
    vectors.forEach((v, c) => {
      to.set(v, c * d);
    });
  }

  return {
    async products(vectors) {
      put(vectors);
      for (let from = 0; from < chunks; from += slice) {
        await breath(from);
        const end = Math.min(chunks, from + slice);
        await team.all(
          "pcaProducts",
          ...([X.at, n, d, mean.at, V.at, chunkRows, from, end, products.at, Y.at] as const),
        );
      }
      const sum = new Float64Array(2 * d);
      addUp(team.f64(products), chunks, sum);
      return vectors.map((_, c) => sum.slice(c * d, c * d + columns));
    },
    async scores(vectors) {
      put(vectors);
      await team.all("pcaScores", X.at, n, d, mean.at, V.at, scores.at);
      const pairs = team.f64(scores);
      return vectors.map((_, c) => Float64Array.from({ length: n }, (_, i) => pairs[2 * i + c]!));
    },
  };
}
