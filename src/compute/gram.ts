/** Dot products of rows on a team of threads (assembly/gram.ts). */
import { type Matrix, matrix } from "../matrix.ts";
import { Arena } from "./arena.ts";
import type { Need } from "./memory.ts";
import { breather, type RunOptions } from "./run.ts";
import { withTeam } from "./team.ts";

/** Rows of a kernel's tile: bands are whole tiles. */
const TILE = 64;
/** Entries of a band of the result at most, if that is a tile: the memory holds one band at a time. */
const BAND = 2 ** 24;
/** Multiply-adds of a thread between two looks at the signal: some 60 ms. */
const SLICE = 1.5e8;

/** Float64 rows, row-major. */
interface Rows {
  readonly data: Float64Array | Float32Array;
  readonly count: number;
}

/** A finished band of the result: rows `from` to, without, `to`, each with its first `cols` entries. */
type Take = (band: Float32Array, from: number, to: number, cols: number) => void;

/** `G[i, j] = <x_i, x_j>`: the lower half is computed, and mirrored. */
export async function gramMatrix(X: Matrix, options: RunOptions): Promise<Matrix> {
  const [n, d] = X.shape;
  const G = matrix(n, n);
  await products({ data: X.data, count: n }, null, d, options, (band, from, to, cols) => {
    for (let i = from; i < to; i++) {
      G.data.set(band.subarray((i - from) * cols, (i - from) * cols + i + 1), i * n);
    }
    for (let j = 0; j < to; j++) {
      for (let i = Math.max(from, j + 1); i < to; i++) {
        G.data[j * n + i] = band[(i - from) * cols + j]!;
      }
    }
  });
  return G;
}

/** `<a_i, b_j>` for all rows of A and of B, (m, n); B is A where it is null. */
export async function rowProducts(
  A: Float64Array,
  B: Float64Array | null,
  d: number,
  [m, n]: readonly [number, number],
  options: RunOptions,
): Promise<Matrix> {
  const out = matrix(m, n);
  const other = { data: B ?? A, count: n };
  await products({ data: A, count: m }, other, d, options, (band, from) => {
    out.data.set(band, from * n);
  });
  return out;
}

/** What `gramMatrix` takes beside the rows, with its result. */
export function gramNeed(n: number, d: number): Need {
  const { bytes } = lay(n, null, d).arena;
  return { step: bytes, peak: bytes + Float32Array.BYTES_PER_ELEMENT * n * n };
}

/** `count` rows and as many others, or the same where that is null, and a band of the result. */
function lay(count: number, others: number | null, d: number) {
  const width = others ?? count;
  const most = Math.min(count, Math.max(TILE, Math.floor(BAND / (width * TILE || 1)) * TILE));
  const arena = new Arena();
  const a = arena.f64(count * d);
  const b = others === null ? a : arena.f64(others * d);
  return { arena, width, most, a, b, out: arena.f32(most * width) };
}

/** Band by band; where B is null, those of A with itself, up to the end of the diagonal's tile. */
async function products(
  A: Rows,
  B: Rows | null,
  d: number,
  options: RunOptions,
  take: Take,
): Promise<void> {
  const { arena, width, most, a, b, out } = lay(A.count, B === null ? null : B.count, d);
  const breath = breather("Gram matrix", A.count, options);
  const work = (A.count * width * d) / (B === null ? 2 : 1);
  await withTeam({ bytes: arena.bytes, work, ...options }, async (team) => {
    team.f64(a).set(A.data);
    if (B !== null) team.f64(b).set(B.data);
    let from = 0;
    while (from < A.count) {
      const products = (SLICE * team.threads) / (d || 1);
      // rows (from + rows) products in a band that ends at the diagonal
      const rows =
        B === null ? Math.sqrt((from * from) / 4 + products) - from / 2 : products / width;
      const tiles = Math.max(1, Math.floor(rows / TILE));
      const to = Math.min(from + Math.min(tiles * TILE, most), A.count);
      const cols = B === null ? to : width;
      await team.all("dotProducts", a.at + 8 * from * d, to - from, b.at, cols, d, out.at);
      take(team.f32({ at: out.at, length: (to - from) * cols }), from, to, cols);
      from = to;
      await breath(to);
    }
  });
}
