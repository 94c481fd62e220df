import { rangeError } from "../errors.ts";
import { checkMatrix, type Matrix } from "../matrix.ts";
import { type AxisTick, bottomAxis, type Frame, leftAxis, outline, panelTitle } from "./axes.ts";
import { colorBar } from "./colorbar.ts";
import type { FigureText } from "./figure.ts";
import {
  type Blocks,
  blockMeans,
  blockNote,
  checkGram,
  gramBlocks,
  heatImage,
  transposeBlocks,
} from "./heatmap.ts";
import {
  type ColorLimits,
  embeddingLimits,
  gramLimits,
  type LimitsChoice,
  limitNotes,
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
  /** Their Gram matrix, (n, n), or a square of its block means as `gramTile` makes it: of more than 800 rows, at most 800. */
  readonly G: Matrix;
  /**
   * Ids of the n tokens. If they follow each other, axes count by them, else (and by default) by
   * position, and say so.
   */
  readonly ids?: ArrayLike<number> | undefined;
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
 * with `aspect="auto"`. Matrices of more than 800 rows or columns are shown by exact block means, from which
 * their colour limits are then taken; panel and notes say so.
 *
 * @throws {RangeError} if X is empty, G is not (n, n) or there are not n ids.
 */
export function gramFigure(options: GramFigureOptions): string {
  const { X, G, ids, limits = "data" } = options;
  checkMatrix("gramFigure", X);
  checkMatrix("gramFigure", G);
  const [n, d] = X.shape;
  if (n < 1 || d < 1) {
    throw rangeError(`gramFigure: expected at least 1 row and 1 column, got ${n} x ${d}`);
  }
  checkGram("gramFigure", G, n);
  const embeddings = blockMeans(X);
  const products = gramBlocks(G, n);
  const ofX = embeddingLimits(embeddings.means, limits);
  const ofG = gramLimits(products.means, limits);
  const tokens = tokenAxis(n, ids);
  const dimensions: IndexAxis = { title: "Embedding dimension", first: 0, count: d };
  return renderPage(
    {
      width: WIDTH,
      height: TOP + SIDE + 52,
      title: "Embeddings and their Gram matrix",
      notes: [
        ...missingNotes("embeddings", embeddings, ofX),
        ...missingNotes("Gram matrix", products, ofG),
        ...limitNotes({ embeddings, "Gram matrix": products }, limits),
      ],
    },
    options,
    [
      panel(0, embeddings, ofX, "Embeddings", dimensions, tokens),
      panel(1, transposeBlocks(embeddings), ofX, "Embeddings transpose", tokens, dimensions),
      panel(2, products, ofG, "Gram matrix", tokens, tokens),
    ],
  );
}

function panel(
  at: number,
  blocks: Blocks,
  limits: ColorLimits,
  title: string,
  xAxis: IndexAxis,
  yAxis: IndexAxis,
): SvgNode {
  const frame: Frame = { x: at * (WIDTH / 3) + LEFT, y: TOP, width: SIDE, height: SIDE };
  return element(
    "g",
    { class: "panel" },
    heatImage(blocks, frame, limits),
    outline(frame),
    panelTitle(frame, title, blockNote(blocks)),
    bottomAxis(frame, {
      title: xAxis.title,
      ticks: indexTicks(xAxis.first, xAxis.count, frame.x, frame.width, "horizontal"),
    }),
    leftAxis(frame, {
      title: yAxis.title,
      ticks: indexTicks(yAxis.first, yAxis.count, frame.y, frame.height, "vertical"),
    }),
    colorBar(frame, limits),
  );
}

/** An axis that counts rows or columns, from `first` on. */
interface IndexAxis {
  readonly title: string;
  readonly first: number;
  readonly count: number;
}

function tokenAxis(n: number, ids: ArrayLike<number> | undefined): IndexAxis {
  if (ids !== undefined && ids.length !== n) {
    throw rangeError(`gramFigure: expected ${n} ids, one for each row, got ${ids.length}`);
  }
  const first = ids?.[0];
  if (first !== undefined && Array.from(ids!).every((id, i) => id === first + i)) {
    return { title: "Token", first, count: n };
  }
  return { title: "Token (position)", first: 0, count: n };
}

function indexTicks(
  first: number,
  count: number,
  start: number,
  length: number,
  direction: "horizontal" | "vertical",
): AxisTick[] {
  const [low, high] = [first - 0.5, first + count - 0.5];
  const space = { low, high, length, direction, size: TYPE.tick, whole: true };
  return fitTicks(space).map(({ value, label }) => ({
    at: start + ((value - low) / count) * length,
    label,
  }));
}
