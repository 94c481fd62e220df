import { rangeError } from "../errors.ts";
import { checkMatrix, type Matrix } from "../matrix.ts";
import { type AxisTick, bottomAxis, type Frame, leftAxis, outline, panelTitle } from "./axes.ts";
import { colorBar } from "./colorbar.ts";
import type { FigureText } from "./figure.ts";
import { blockMeans, blockNote, heatImage } from "./heatmap.ts";
import {
  type ColorLimits,
  embeddingLimits,
  gramLimits,
  type LimitsChoice,
  missingNotes,
} from "./limits.ts";
import { renderPage } from "./page.ts";
import { element, type SvgNode } from "./svg.ts";
import { TYPE } from "./text.ts";
import { fitTicks } from "./ticks.ts";

/** What the notebook's first figure shows. */
export interface GramFigureOptions extends FigureText {
  /** The embeddings, (n, d). */
  readonly X: Matrix;
  /** Their Gram matrix, (n, n). */
  readonly G: Matrix;
  /** Colour limits: from the data (default), or the notebook's ±0.2 and 2 to 7. */
  readonly limits?: LimitsChoice | undefined;
}

const WIDTH = 1184; // the notebook's 12 inches at 96 pixels, and room for colour bars
const SIDE = 250;
const LEFT = 68; // of a panel's frame, for ticks and title
const TOP = 50;

/**
 * The notebook's first figure as SVG: embeddings, their transpose and their Gram matrix as pictures,
 * side by side, row 0 on top. The first two fill their box whatever their shape, as matplotlib's would
 * with `aspect="auto"`. Matrices of more than 800 rows or columns are shown by exact block means, and
 * their panel says so.
 *
 * @throws {RangeError} if X is empty or G is not (n, n).
 */
export function gramFigure(options: GramFigureOptions): string {
  const { X, G, limits = "data" } = options;
  checkMatrix("gramFigure", X);
  checkMatrix("gramFigure", G);
  const [n, d] = X.shape;
  if (n < 1 || d < 1) {
    throw rangeError(`gramFigure: expected at least 1 row and 1 column, got ${n} x ${d}`);
  }
  if (G.shape[0] !== n || G.shape[1] !== n) {
    throw rangeError(`gramFigure: expected G of ${n} x ${n}, got ${G.shape[0]} x ${G.shape[1]}`);
  }
  const ofX = embeddingLimits(X, limits);
  const ofG = gramLimits(G, limits);
  const tokens = "Token";
  const dimensions = "Embedding dimension";
  return renderPage(
    {
      width: WIDTH,
      height: TOP + SIDE + 52,
      title: "Embeddings and their Gram matrix",
      notes: [...missingNotes("embeddings", ofX), ...missingNotes("Gram matrix", ofG)],
    },
    options,
    [
      panel(0, X, ofX, "Embeddings", dimensions, tokens),
      panel(1, transpose(X), ofX, "Embeddings transpose", tokens, dimensions),
      panel(2, G, ofG, "Gram matrix", tokens, tokens),
    ],
  );
}

function panel(
  at: number,
  X: Matrix,
  limits: ColorLimits,
  title: string,
  xTitle: string,
  yTitle: string,
): SvgNode {
  const frame: Frame = { x: at * (WIDTH / 3) + LEFT, y: TOP, width: SIDE, height: SIDE };
  const blocks = blockMeans(X);
  const [rows, cols] = X.shape;
  return element(
    "g",
    { class: "panel" },
    heatImage(blocks, frame, limits),
    outline(frame),
    panelTitle(frame, title, blockNote(blocks)),
    bottomAxis(frame, {
      title: xTitle,
      ticks: indexTicks(cols, frame.x, frame.width, "horizontal"),
    }),
    leftAxis(frame, { title: yTitle, ticks: indexTicks(rows, frame.y, frame.height, "vertical") }),
    colorBar(frame, limits),
  );
}

function indexTicks(
  count: number,
  start: number,
  length: number,
  direction: "horizontal" | "vertical",
): AxisTick[] {
  const space = { low: -0.5, high: count - 0.5, length, direction, size: TYPE.tick, whole: true };
  return fitTicks(space).map(({ value, label }) => ({
    at: start + ((value + 0.5) / count) * length,
    label,
  }));
}

function transpose({ data, shape: [rows, cols] }: Matrix): Matrix {
  const turned = new Float32Array(data.length);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) turned[j * rows + i] = data[i * cols + j]!;
  }
  return { data: turned, shape: [cols, rows] };
}
