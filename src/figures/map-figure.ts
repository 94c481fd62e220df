import { checkMatrix, type Matrix } from "../matrix.ts";
import { type Frame, outline, panelTitle } from "./axes.ts";
import { colorBar } from "./colorbar.ts";
import type { FigureText, FigureToken } from "./figure.ts";
import { blockMeans, blockNote, heatImage } from "./heatmap.ts";
import { gramLimits, type LimitsChoice } from "./limits.ts";
import { namedAxes } from "./named-axes.ts";
import { isUnseen, nameDots } from "./names.ts";
import { renderPage } from "./page.ts";
import { DOT, INK, UNSEEN } from "./palette.ts";
import { type Scatter, scatter } from "./scatter.ts";
import { element, type SvgNode } from "./svg.ts";
import { groupDigits } from "./text.ts";

/** What the notebook's second figure shows. */
export interface MapFigureOptions extends FigureText {
  /** Gram matrix of the embeddings, (n, n). */
  readonly G: Matrix;
  /** Map of the embeddings, (n, 2). */
  readonly Y: Matrix;
  /** The n tokens. */
  readonly tokens: readonly FigureToken[];
  /** Colour limits of the Gram matrix: from the data (default), or the notebook's 2 to 7. */
  readonly limits?: LimitsChoice | undefined;
}

const WIDTH = 1248; // 13 inches at 96 pixels, as in the notebook
const TOP = 50;
const HEIGHT = 430;
const GRAM: Frame = { x: 96, y: TOP, width: HEIGHT, height: HEIGHT };
const MAP: Frame = { x: 672, y: TOP, width: 556, height: HEIGHT };

/**
 * The notebook's second figure as SVG: the Gram matrix with row 0 at the bottom and tokens named on
 * both axes, and the map with every dot named by its token. Names never overlap; up to 128 tokens all
 * are named, beyond that those with room, and the figure says how many.
 *
 * @throws {RangeError} if the shapes don't fit each other, or Y is not finite.
 */
export function mapFigure({ G, Y, tokens, limits = "data", ...text }: MapFigureOptions): string {
  checkMatrix("mapFigure", G);
  const map = scatter("mapFigure", Y, MAP, ["TSNE dim 1", "TSNE dim 2"]);
  const n = Y.shape[0];
  if (G.shape[0] !== n || G.shape[1] !== n || tokens.length !== n) {
    throw new RangeError(
      `mapFigure: expected G of ${n} x ${n} and ${n} tokens, got G of ${G.shape.join(" x ")} and ${tokens.length} tokens`,
    );
  }
  const names = nameDots(tokens, map);
  return renderPage(
    {
      width: WIDTH,
      height: TOP + HEIGHT + 84,
      title: "Gram matrix and map of embeddings",
      notes: names.notes,
    },
    text,
    [
      gramPanel(G, tokens, limits),
      element(
        "g",
        { class: "panel" },
        panelTitle(MAP, "T-SNE visualization of embeddings"),
        map.axes,
        dots(tokens, map),
        names.nodes,
      ),
    ],
  );
}

function gramPanel(G: Matrix, tokens: readonly FigureToken[], limits: LimitsChoice): SvgNode {
  const blocks = blockMeans(G);
  const colors = gramLimits(G, limits);
  const first = tokens.every(({ id }, i) => id === i) ? "first " : "";
  const title = `Gram matrix, ${first}${groupDigits(tokens.length)} token embeds`;
  return element(
    "g",
    { class: "panel" },
    heatImage(blocks, GRAM, colors, "bottom"),
    outline(GRAM),
    panelTitle(GRAM, title, blockNote(blocks)),
    namedAxes(tokens, GRAM),
    colorBar(GRAM, colors),
  );
}

function dots(tokens: readonly FigureToken[], { points, radius }: Scatter): SvgNode {
  return element(
    "g",
    { class: "dots", fill: DOT, stroke: INK.text, "stroke-width": Math.min(0.8, radius / 4) },
    ...points.map(({ x, y }, i) =>
      element(
        "circle",
        {
          class: "dot",
          cx: x,
          cy: y,
          r: radius,
          ...(isUnseen(tokens[i]!) ? { fill: "#ffffff", stroke: UNSEEN } : {}),
        },
        element("title", {}, tokens[i]!.display),
      ),
    ),
  );
}
