import type { Random } from "../random.ts";
import { symmetricEigen } from "./eigen.ts";

/** A symmetric matrix with no negative eigenvalue, known by what it makes of vectors. */
export type Operator = (vectors: readonly Float64Array[]) => Promise<Float64Array[]>;

export interface Eigenpairs {
  /** Largest first. */
  readonly values: Float64Array;
  /** Of length 1, at right angles to each other. */
  readonly vectors: readonly Float64Array[];
  /** How often the operator was applied. */
  readonly products: number;
}

/** Vectors kept at a time, and how many of them are when there is no more room. */
const MOST_VECTORS = 32;
const KEPT = 12;
/** How often the operator is applied at most. */
export const MOST_PRODUCTS = 300;

/** Largest angle to the eigenvectors asked for; see `converged`. */
const ANGLE = 1e-6;
/** Relative error of an eigenvalue that is small enough whatever the angle. */
const EXACT = 1e-10;
/** The same, of the largest eigenvalue: rounding leaves no less. */
const ROUNDING = 1e-13;
/** What is left of a vector, as part of it, when those before it make all of it but rounding. */
const DEPENDENT = 1e-12;

/**
 * The eigenvectors of a symmetric positive semidefinite operator's `count` largest eigenvalues, by block
 * Lanczos with full orthogonalisation and thick restarts (Golub and Underwood 1977; Wu and Simon 2000). Begins
 * with random vectors, as many as asked for at least, so that eigenvalues that coincide are all found.
 *
 * Ends when every pair is found as `converged` says, or after 300 products; with fewer pairs than asked for
 * where the operator has a lower rank.
 */
export async function leadingEigenpairs(
  apply: Operator,
  { size, count, random }: { size: number; count: number; random: Random },
  onProduct: (done: number) => Promise<void> | undefined,
): Promise<Eigenpairs> {
  const basis = new Basis();
  let block = basis.extend(
    Array.from({ length: Math.min(size, count + (count & 1)) }, () =>
      Float64Array.from({ length: size }, () => random.normal()),
    ),
  );
  for (let products = 1; ; products++) {
    const images = await apply(block);
    basis.add(block, images);
    block = basis.extend(images);
    const ritz = basis.ritz();
    const found =
      block.length === 0 || (ritz.values.length > count && basis.converged(ritz, count));
    if (found || products === MOST_PRODUCTS) {
      return { ...basis.pairs(ritz, count), products };
    }
    if (basis.size + block.length > MOST_VECTORS) basis.shrink(ritz, KEPT);
    await onProduct(products);
  }
}

interface Ritz {
  readonly values: Float64Array;
  /** In the basis's coordinates, one row for every value. */
  readonly vectors: Float64Array;
}

/** An orthonormal basis of a subspace, with the operator's images of its vectors. */
class Basis {
  #vectors: Float64Array[] = [];
  #images: Float64Array[] = [];
  /** Vectors times images, row-major: the operator in the subspace. */
  #H: Float64Array = new Float64Array();

  get size(): number {
    return this.#vectors.length;
  }

  /** What of the given vectors is at right angles to the basis and to each other, of length 1. */
  extend(vectors: readonly Float64Array[]): Float64Array[] {
    const added: Float64Array[] = [];
    for (const vector of vectors) {
      const own = vector.slice();
      const start = length(own);
      for (let pass = 0; pass < 2; pass++) {
        for (const other of [...this.#vectors, ...added]) addTo(own, other, -dot(own, other));
      }
      const rest = length(own);
      if (rest > DEPENDENT * start) added.push(own.map((x) => x / rest));
    }
    return added;
  }

  add(vectors: readonly Float64Array[], images: readonly Float64Array[]): void {
    const before = this.#H;
    const old = this.size;
    this.#vectors.push(...vectors);
    this.#images.push(...images);
    const size = this.size;
    this.#H = new Float64Array(size * size);
    for (let a = 0; a < size; a++) {
      for (let b = 0; b <= a; b++) {
        const h = a < old ? before[a * old + b]! : dot(this.#images[a]!, this.#vectors[b]!);
        this.#H[a * size + b] = h;
        this.#H[b * size + a] = h;
      }
    }
  }

  ritz(): Ritz {
    const { eigenvalues, eigenvectors } = symmetricEigen(this.#H, this.size);
    return { values: eigenvalues, vectors: eigenvectors };
  }

  /**
   * Whether the first pairs are found: the residual r = A u - theta u of each tells that u is within an angle of
   * |r| / gap to an eigenvector (Davis and Kahan 1970), gap being the distance to the next Ritz value, and that an
   * eigenvalue is within |r| of theta. Where neighbouring eigenvalues all but coincide, the latter decides.
   */
  converged({ values, vectors }: Ritz, count: number): boolean {
    for (let c = 0; c < count; c++) {
      const value = values[c]!;
      const above = c === 0 ? Number.POSITIVE_INFINITY : values[c - 1]! - value;
      const gap = Math.min(above, value - values[c + 1]!);
      const residual = this.#combined(this.#images, vectors, c);
      addTo(residual, this.#combined(this.#vectors, vectors, c), -value);
      const enough = Math.max(ANGLE * gap, EXACT * value, ROUNDING * values[0]!);
      if (length(residual) > enough) return false;
    }
    return true;
  }

  /** The first Ritz pairs, without those that rounding alone makes of an eigenvalue 0. */
  pairs({ values, vectors }: Ritz, count: number): Omit<Eigenpairs, "products"> {
    const size = this.#vectors[0]?.length ?? 0;
    const least = (values[0] ?? 0) * size * Number.EPSILON;
    const found = values.subarray(0, count).filter((value) => value > least);
    return {
      values: found,
      vectors: Array.from(found, (_, c) => this.#combined(this.#vectors, vectors, c)),
    };
  }

  /** Keeps the first Ritz vectors alone. */
  shrink({ values, vectors }: Ritz, count: number): void {
    const kept = Array.from({ length: count }, (_, c) => c);
    const basis = kept.map((c) => this.#combined(this.#vectors, vectors, c));
    this.#images = kept.map((c) => this.#combined(this.#images, vectors, c));
    this.#vectors = basis;
    this.#H = new Float64Array(count * count);
    for (const c of kept) this.#H[c * count + c] = values[c]!;
  }

  /** A combination of vectors, by the coordinates in row c of `rows`. */
  #combined(vectors: readonly Float64Array[], rows: Float64Array, c: number): Float64Array {
    const sum = new Float64Array(vectors[0]!.length);
    vectors.forEach((vector, b) => {
      addTo(sum, vector, rows[c * vectors.length + b]!);
    });
    return sum;
  }
}

function addTo(sum: Float64Array, vector: Float64Array, factor: number): void {
  for (let i = 0; i < sum.length; i++) sum[i]! += factor * vector[i]!;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function length(v: Float64Array): number {
  return Math.sqrt(dot(v, v));
}
