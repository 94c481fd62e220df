import type { Matrix } from "../matrix.ts";
import { panelTitle } from "./axes.ts";
import { crowd, crowdNotes, ONE_BY_ONE } from "./crowd.ts";
import { nameSome } from "./crowd-names.ts";
import type { FigureToken, Projection } from "./figure.ts";
import { isUnseen, nameDots } from "./names.ts";
import { CROWD_DOT, DOT, INK, UNSEEN } from "./palette.ts";
import { type FrameRange, fitFrame, type Scatter, scatter } from "./scatter.ts";
import { element, type SvgNode } from "./svg.ts";

/** A map of named dots, as a part of a figure. */
export interface MapPanel {
  readonly node: SvgNode;
  /** Width of its frame, pixels. */
  readonly width: number;
  /** What a reader must know of it. */
  readonly notes: readonly string[];
}

/**
 * The map Y (n, 2) with its n tokens in a frame that takes its shape, within the limits.
 *
 * @param raised Whether its title stands on one line with those of panels that have a note.
 * @throws {RangeError} if Y is not (n, 2), n >= 1, or not finite.
 */
export function mapPanel(
  Y: Matrix,
  tokens: readonly FigureToken[],
  range: FrameRange,
  projection: Projection,
  raised = false,
): MapPanel {
  const frame = fitFrame("mapFigure", Y, range);
  const given = projection === "given";
  const map = scatter("mapFigure", Y, frame, given ? "Dim" : "TSNE dim");
  const many = tokens.length > ONE_BY_ONE;
  const names = many ? nameSome(tokens, map) : nameDots(tokens, map);
  const title = given
    ? "Map of embeddings at given coordinates"
    : "T-SNE visualization of embeddings";
  const points = many ? manyDots(tokens, map) : dots(tokens, map);
  return {
    // a picture of many dots hides no part of the axes
    node: element(
      "g",
      { class: "panel" },
      panelTitle(frame, title, undefined, raised),
      ...(many ? [points, map.axes] : [map.axes, points]),
      names.nodes,
    ),
    width: frame.width,
    notes: many ? [...names.notes, ...crowdNotes(tokens.length)] : names.notes,
  };
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

/** Dots of one colour, those never seen in training grey and under the others. */
function manyDots(tokens: readonly FigureToken[], map: Scatter): SvgNode {
  const seen: number[] = [];
  const unseen: number[] = [];
  tokens.forEach((token, i) => {
    (isUnseen(token) ? unseen : seen).push(i);
  });
  return crowd(map, [
    { color: UNSEEN, indices: unseen },
    { color: CROWD_DOT, indices: seen },
  ]);
}
