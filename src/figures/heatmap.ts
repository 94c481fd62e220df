import { blockBounds, blockCount, meanRows } from "../compute/blocks.ts";
import { rangeError } from "../errors.ts";
import type { Matrix } from "../matrix.ts";
import { groupDigits } from "../text/numbers.ts";
import type { Frame } from "./axes.ts";
import type { ColorLimits } from "./limits.ts";
import { heatPalette, NO_VALUE, SHADES } from "./palette.ts";
import { palettePicture } from "./picture.ts";
import type { SvgNode } from "./svg.ts";

/** Most cells of a picture in each direction: enough for GPT-2's 768 columns, and about 250 to the inch in print. */
const MOST_CELLS = 800;
// small matrices are drawn with several pixels a cell: not every program keeps the edges of
// enlarged pixels sharp, whatever `image-rendering` asks for
const LEAST_PIXELS = 600;

/** A matrix reduced by block means, and how many entries each mean takes. */
export interface Blocks {
  readonly means: Matrix;
  readonly block: readonly [rows: number, cols: number];
  /** Whether some blocks take a row or column less. */
  readonly uneven?: boolean | undefined;
}

/** The matrix with at most `most` rows and columns: exact means of blocks of nearly equal size (`blockBounds`). */
export function blockMeans(X: Matrix, most: number = MOST_CELLS): Blocks {
  const [rows, cols] = X.shape;
  if (rows <= most && cols <= most) return { means: X, block: [1, 1] };
  const shape = [blockCount(rows, most), blockCount(cols, most)] as const;
  const across = blockBounds(cols, shape[1]);
  const tall = meanRows(X, blockBounds(rows, shape[0]));
  const means = new Float32Array(shape[0] * shape[1]);
  for (let i = 0; i < shape[0]; i++) {
    for (let j = 0; j < shape[1]; j++) {
      let sum = 0;
      for (let k = across[j]!; k < across[j + 1]!; k++) sum += tall[i * cols + k]!;
      means[i * shape[1] + j] = sum / (across[j + 1]! - across[j]!);
    }
  }
  return {
    means: { data: means, shape },
    block: [Math.ceil(rows / shape[0]), Math.ceil(cols / shape[1])],
    uneven: rows % shape[0] !== 0 || cols % shape[1] !== 0,
  };
}

/**
 * Checks a Gram matrix of n rows: (n, n), or a square of block means with as many rows as a picture of it has.
 *
 * @throws {RangeError} for any other shape.
 */
export function checkGram(who: string, { shape: [rows, cols] }: Matrix, n: number): void {
  const picture = blockCount(n, MOST_CELLS);
  if (rows === cols && (rows === n || rows === picture)) return;
  const or = picture === n ? "" : `, or its block means, ${picture} x ${picture}`;
  throw rangeError(`${who}: expected G of ${n} x ${n}${or}, got ${rows} x ${cols}`);
}

/** A Gram matrix of n rows, reduced, or reduced already: a square of block means as `gramTile` makes them. */
export function gramBlocks(G: Matrix, n: number): Blocks {
  const side = G.shape[0];
  if (side === n) return blockMeans(G);
  const size = Math.ceil(n / side);
  return { means: G, block: [size, size], uneven: n % side !== 0 };
}

/** The blocks of the transpose. */
export function transposeBlocks({
  means: { data, shape },
  block: [height, width],
  ...rest
}: Blocks): Blocks {
  const [rows, cols] = shape;
  const turned = new Float32Array(data.length);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) turned[j * rows + i] = data[i * cols + j]!;
  }
  return { means: { data: turned, shape: [cols, rows] }, block: [width, height], ...rest };
}

/** Whether cells are means of several entries. */
export function isReduced({ block: [height, width] }: Blocks): boolean {
  return height > 1 || width > 1;
}

/** What a panel says about the reduction; undefined if there was none. */
export function blockNote(blocks: Blocks): string | undefined {
  if (!isReduced(blocks)) return undefined;
  const {
    block: [height, width],
    uneven,
  } = blocks;
  const of = uneven ? "mean of up to" : "mean of";
  return `each pixel: ${of} ${groupDigits(height)} x ${groupDigits(width)} entries`;
}

/** The matrix as a picture that fills the frame, row 0 on top or at the bottom. */
export function heatImage(
  { means: { data, shape } }: Blocks,
  frame: Frame,
  limits: ColorLimits,
  first: "top" | "bottom" = "top",
): SvgNode {
  const [rows, cols] = shape;
  const indices = new Uint8Array(rows * cols);
  for (let i = 0; i < rows; i++) {
    const from = (first === "top" ? i : rows - 1 - i) * cols;
    for (let j = 0; j < cols; j++) indices[i * cols + j] = shade(data[from + j]!, limits);
  }
  return picture(indices, rows, cols, frame);
}

/** A bar of all shades, the lowest at the bottom. */
export function shadesImage(frame: Frame): SvgNode {
  const indices = Uint8Array.from({ length: SHADES }, (_, i) => SHADES - 1 - i);
  return picture(indices, SHADES, 1, frame);
}

function shade(value: number, { low, high }: ColorLimits): number {
  if (Number.isNaN(value)) return NO_VALUE;
  const t = (value - low) / (high - low);
  return Math.min(Math.max(Math.floor(t * SHADES), 0), SHADES - 1);
}

function picture(indices: Uint8Array, rows: number, cols: number, frame: Frame): SvgNode {
  const tall = Math.ceil(LEAST_PIXELS / rows);
  const wide = cols === 1 ? 1 : Math.ceil(LEAST_PIXELS / cols);
  const data = repeatCells(indices, cols, tall, wide);
  return palettePicture("heatmap", data, [rows * tall, cols * wide], heatPalette(), frame);
}

function repeatCells(indices: Uint8Array, cols: number, tall: number, wide: number): Uint8Array {
  if (tall === 1 && wide === 1) return indices;
  const width = cols * wide;
  const pixels = new Uint8Array(indices.length * tall * wide);
  for (let i = 0; i * cols < indices.length; i++) {
    const start = i * tall * width;
    for (let j = 0; j < cols; j++) {
      pixels.fill(indices[i * cols + j]!, start + j * wide, start + (j + 1) * wide);
    }
    for (let k = 1; k < tall; k++) pixels.copyWithin(start + k * width, start, start + width);
  }
  return pixels;
}
