import { rangeError } from "../errors.ts";
import { checkMatrix, type Matrix } from "../matrix.ts";
import { groupDigits } from "../text/numbers.ts";
import { type Frame, outline, panelTitle } from "./axes.ts";
import { colorBar } from "./colorbar.ts";
import { ONE_BY_ONE } from "./crowd.ts";
import type { FigureText, FigureToken, Projection } from "./figure.ts";
import { type Blocks, blockNote, checkGram, gramBlocks, heatImage, isReduced } from "./heatmap.ts";
import {
  type ColorLimits,
  gramLimits,
  type LimitsChoice,
  limitNotes,
  missingNotes,
} from "./limits.ts";
import { mapPanel } from "./map-panel.ts";
import { bottomRoom, leftRoom, namedAxes } from "./named-axes.ts";
import { renderPage } from "./page.ts";
import { element, type SvgNode } from "./svg.ts";

/** What the notebook's second figure shows. */
export interface MapFigureOptions extends FigureText {
  /** Gram matrix of the embeddings, (n, n), or a square of its block means as `gramTile` makes it: of more than 800 rows, at most 800. */
  readonly G: Matrix;
  /** Map of the embeddings, (n, 2). */
  readonly Y: Matrix;
  /** The n tokens. */
  readonly tokens: readonly FigureToken[];
  /** Colour limits of the Gram matrix: from the data (default), or the notebook's 2 to 7. */
  readonly limits?: LimitsChoice | undefined;
  /** Where Y comes from, default `"t-SNE"`; titles say so. */
  readonly projection?: Projection | undefined;
}

const TOP = 50;
// of both panels, and of the map as its shape needs; maps of many tokens are larger; pixels
const USUAL = { height: 450, mapWidth: [400, 680] } as const;
const LARGE = { height: 640, mapWidth: [560, 880] } as const;
const BETWEEN = 142; // from the Gram matrix to the map: colour bar, ticks and title
const RIGHT = 20;

/**
 * The notebook's second figure as SVG: the Gram matrix with row 0 at the bottom and tokens named on
 * both axes, and the map with every dot named by its token. Names never overlap; up to 128 tokens all
 * are named, beyond that those with room, and the figure says how many. A name that is not clearly nearer
 * to its dot than to any other has a line to it. The map's frame is as wide as its shape needs. Beyond
 * 2,000 tokens dots have no elements of their own, names go to dots all over the map that are marked, and
 * beyond 20,000 the dots become a picture of their density.
 *
 * @throws {RangeError} if the shapes don't fit each other, or Y is not finite.
 */
export function mapFigure(options: MapFigureOptions): string {
  const { G, Y, tokens, limits = "data", projection = "t-SNE" } = options;
  checkMatrix("mapFigure", G);
  checkMatrix("mapFigure", Y);
  const n = Y.shape[0];
  checkGram("mapFigure", G, n);
  if (tokens.length !== n) {
    throw rangeError(
      `mapFigure: expected ${n} tokens, one for each row of Y, got ${tokens.length}`,
    );
  }
  const { height, mapWidth } = n > ONE_BY_ONE ? LARGE : USUAL;
  const gramFrame: Frame = { x: 12 + leftRoom(tokens), y: TOP, width: height, height };
  const left = gramFrame.x + height + BETWEEN;
  const size = { width: mapWidth, height: [height, height] } as const;
  const products = gramBlocks(G, n);
  const range = { x: left, y: TOP, ...size };
  const map = mapPanel(Y, tokens, range, projection, isReduced(products));
  const colors = gramLimits(products.means, limits);
  return renderPage(
    {
      width: left + map.width + RIGHT,
      height: TOP + height + Math.max(46, bottomRoom(tokens, height)) + 8,
      title: "Gram matrix and map of embeddings",
      notes: [
        ...map.notes,
        ...missingNotes("Gram matrix", products, colors),
        ...limitNotes({ "Gram matrix": products }, limits),
      ],
    },
    options,
    [gramPanel(products, tokens, colors, gramFrame), map.node],
  );
}

function gramPanel(
  blocks: Blocks,
  tokens: readonly FigureToken[],
  colors: ColorLimits,
  frame: Frame,
): SvgNode {
  const first = tokens.every(({ id }, i) => id === i) ? "first " : "";
  const count = groupDigits(tokens.length);
  return element(
    "g",
    { class: "panel" },
    heatImage(blocks, frame, colors, "bottom"),
    outline(frame),
    panelTitle(frame, `Gram matrix, ${first}${count} token embeds`, blockNote(blocks)),
    namedAxes(tokens, frame),
    colorBar(frame, colors),
  );
}
