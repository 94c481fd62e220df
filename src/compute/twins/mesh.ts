/**
 * The particle mesh of assembly/mesh.ts by its definition, in float64 and without any Fourier transform: the splines' blur
 * is undone by Unser's recursive filter, kernels are summed point by point, and points are spread to the
 * coarse grid directly. For grids of up to about a hundred points.
 */

export interface MeshOptions {
  readonly spacing: number;
  /** Spacings up to which the fine grid acts; Infinity for one grid alone. */
  readonly reach: number;
}

export interface Repulsion {
  readonly fx: Float64Array;
  readonly fy: Float64Array;
  readonly Z: number;
}

/** Coarse spacings are so many fine ones. */
const COARSENING = 8;
/** Grid points that the undone blur spills over an edge: the rest is below 1e-13. */
const SPILL = 24;

type Coordinates = ArrayLike<number>;
type Grid = Float64Array[];
type Kernel = (s: number) => number;

/** Field 1 / (1 + r^2) and forces -1/2 its slope at every point, without each point's own part. */
export function meshRepulsion(
  x: Coordinates,
  y: Coordinates,
  { spacing: h, reach }: MeshOptions,
): Repulsion {
  const edge = 1 + square(reach * h);
  const near: Kernel = (s) => (s < edge ? 1 / s - far(s, edge) : 0);
  const originX = least(x) - 1.5 * h;
  const originY = least(y) - 1.5 * h;
  const sum = new Float64Array(x.length);
  const fx = new Float64Array(x.length);
  const fy = new Float64Array(x.length);
  const whole = reach === Number.POSITIVE_INFINITY;
  const add = (spacing: number, margin: number, kernel: Kernel, self: boolean): void => {
    const place = (c: number, origin: number): number => (c - origin) / spacing + margin;
    const u = Array.from(x, (c) => place(c, originX));
    const v = Array.from(y, (c) => place(c, originY));
    const field = convolve(spread(u, v), (a, b) => kernel(1 + (a * a + b * b) * square(spacing)));
    const own = self ? ownKernel((a, b) => kernel(1 + (a * a + b * b) * square(spacing))) : [];
    for (let i = 0; i < u.length; i++) {
      const all = read(field, u[i]!, v[i]!);
      const mine = self ? ownPart(own, u[i]!, v[i]!) : [far(1, edge), 0, 0];
      sum[i]! += all[0]! - mine[0]!;
      fx[i]! += (-0.5 / spacing) * (all[1]! - mine[1]!);
      fy[i]! += (-0.5 / spacing) * (all[2]! - mine[2]!);
    }
  };
  add(h, 0, whole ? (s) => 1 / s : near, true);
  if (!whole) add(h * COARSENING, 1, (s) => far(s, edge), false);
  return { fx, fy, Z: sum.reduce((a, b) => a + b, 0) };
}

/** 1 / s beyond the edge, within it the Taylor polynomial of degree 3 there. */
function far(s: number, edge: number): number {
  const t = (edge - s) / edge;
  return s >= edge ? 1 / s : (1 + t + square(t) + cube(t)) / edge;
}

function least(values: Coordinates): number {
  return Array.from(values).reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
}

/** The cubic B-spline's weights and slopes at grid points i - 1 ... i + 2 of a point t past i. */
function spline(t: number): { weights: number[]; slopes: number[] } {
  const r = 1 - t;
  return {
    weights: [
      cube(r) / 6,
      (4 - 6 * square(t) + 3 * cube(t)) / 6,
      (4 - 6 * square(r) + 3 * cube(r)) / 6,
      cube(t) / 6,
    ],
    slopes: [
      -square(r) / 2,
      (3 * square(t)) / 2 - 2 * t,
      2 * r - (3 * square(r)) / 2,
      square(t) / 2,
    ],
  };
}

/** The charges on a grid [y][x]. */
function spread(u: number[], v: number[]): Grid {
  const size = (places: number[]): number => Math.floor(Math.max(...places)) + 3;
  const grid = zeros(size(v), size(u));
  u.forEach((place, i) => {
    const across = spline(place % 1).weights;
    const down = spline(v[i]! % 1).weights;
    down.forEach((b, dy) => {
      const row = grid[Math.floor(v[i]!) - 1 + dy]!;
      across.forEach((a, dx) => {
        row[Math.floor(place) - 1 + dx]! += a * b;
      });
    });
  });
  return grid;
}

/** Charges, sharpened, times a kernel of the distances along both axes. */
function convolve(charges: Grid, kernel: (a: number, b: number) => number): Grid {
  const sharp = sharpen(charges);
  const values = sharp.map((_, b) => Float64Array.from(sharp[0]!, (_, a) => kernel(a, b)));
  return charges.map((line, y) =>
    Float64Array.from(line, (_, x) => {
      let sum = 0;
      sharp.forEach((row, b) => {
        const weights = values[Math.abs(y + SPILL - b)]!;
        for (let a = 0; a < row.length; a++) sum += row[a]! * weights[Math.abs(x + SPILL - a)]!;
      });
      return sum;
    }),
  );
}

/** What a grid's blur by two splines along both axes came from; SPILL larger on every side. */
function sharpen(grid: Grid): Grid {
  const wide = zeros(grid.length + 2 * SPILL, grid[0]!.length + 2 * SPILL);
  grid.forEach((line, y) => {
    wide[y + SPILL]!.set(line, SPILL);
  });
  return transpose(transpose(wide.map(unblurTwice)).map(unblurTwice));
}

/** Divides by (z + 4 + 1/z) / 6, twice (Unser, Aldroubi and Eden 1993). */
function unblurTwice(line: Float64Array): Float64Array {
  const pole = Math.sqrt(3) - 2;
  const result = line.slice();
  for (let time = 0; time < 2; time++) {
    for (let i = 1; i < result.length; i++) result[i]! += pole * result[i - 1]!;
    result[result.length - 1]! *= -pole / (1 - pole * pole);
    for (let i = result.length - 2; i >= 0; i--) {
      result[i] = pole * (result[i + 1]! - result[i]!);
    }
    for (let i = 0; i < result.length; i++) result[i]! *= 6;
  }
  return result;
}

/** Field and slopes, per spacing, at a place. */
function read(field: Grid, u: number, v: number): number[] {
  const across = spline(u % 1);
  const down = spline(v % 1);
  const sum = (a: number[], b: number[]): number => {
    let total = 0;
    b.forEach((weight, dy) => {
      const row = field[Math.floor(v) - 1 + dy]!;
      a.forEach((other, dx) => {
        total += weight * other * row[Math.floor(u) - 1 + dx]!;
      });
    });
    return total;
  };
  return [
    sum(across.weights, down.weights),
    sum(across.slopes, down.weights),
    sum(across.weights, down.slopes),
  ];
}

/** The sharpened kernel up to 3 points apart. */
function ownKernel(kernel: (a: number, b: number) => number): Grid {
  const range = Array.from({ length: 2 * SPILL + 7 }, (_, i) => i - SPILL - 3);
  const sharp = sharpen(range.map((b) => Float64Array.from(range, (a) => kernel(a, b))));
  const middle = 2 * SPILL + 3;
  return Array.from({ length: 4 }, (_, b) => sharp[middle + b]!.slice(middle, middle + 4));
}

/** What a unit charge at a place makes there itself: field and slopes. */
function ownPart(kernel: Grid, u: number, v: number): number[] {
  const charge = zeros(4, 4);
  const across = spline(u % 1).weights;
  const down = spline(v % 1).weights;
  for (let y = 0; y < 4; y++) {
    for (let x = 0; x < 4; x++) {
      let sum = 0;
      down.forEach((b, j) => {
        across.forEach((a, i) => {
          sum += a * b * kernel[Math.abs(y - j)]![Math.abs(x - i)]!;
        });
      });
      charge[y]![x] = sum;
    }
  }
  return read(charge, 1 + (u % 1), 1 + (v % 1));
}

function zeros(rows: number, columns: number): Grid {
  return Array.from({ length: rows }, () => new Float64Array(columns));
}

function transpose(grid: Grid): Grid {
  return Array.from(grid[0]!, (_, x) => Float64Array.from(grid, (row) => row[x]!));
}

function square(x: number): number {
  return x * x;
}

function cube(x: number): number {
  return x * x * x;
}
