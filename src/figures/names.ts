import { groupDigits } from "../text/numbers.ts";
import { type Box, boxAround, grown } from "./box.ts";
import type { FigureToken } from "./figure.ts";
import { type PlacedLabel, placeLabels } from "./labels.ts";
import { INK, UNSEEN } from "./palette.ts";
import type { Scatter } from "./scatter.ts";
import { element, type SvgNode } from "./svg.ts";
import { cutText, lineHeight, MONO, monoWidth } from "./text.ts";

/** Up to so many points, every one is named, with leader lines where there is no room; beyond, those with room. */
const NAME_ALL = 128;
/** Up to so many points, names have room if a short leader line finds it; beyond, only beside their points. */
const WITH_LEADERS = 256;
/** The most that such a name's place may cost, see `label-cost.ts`: near its point, and in nobody's way. */
const MOST_COST = 9;

// type size in pixels and longest name in cells: the first that gives every point its name with few
// leaders; smaller than 8 pixels only if else some would have none
const SIZES = [
  [10, 24],
  [9, 14],
  [8, 9],
  [7, 7],
  [6, 5],
  [5, 4],
] as const;
const LEAST_BY_CHOICE = 8;
const LEADER = { stroke: INK.leader, "stroke-width": 0.9 } as const;
/** Keeps names readable on dots and lines, where there are many. */
export const WHITE_EDGE = {
  stroke: "#ffffff",
  "stroke-width": 2.4,
  "stroke-linejoin": "round",
  "paint-order": "stroke",
} as const;
const PADDING = 1; // left and right of a name, pixels

/** Names beside the dots of a map, and what to say about those left out. */
export interface Names {
  readonly nodes: SvgNode;
  readonly notes: readonly string[];
}

/** Names the dots of a map by their tokens; those never seen in training in grey. */
export function nameDots(
  tokens: readonly FigureToken[],
  scatter: Scatter,
  obstacles: readonly Box[] = [],
): Names {
  const { size, labels } = place(tokens, scatter, obstacles);
  const nodes = element(
    "g",
    {
      class: "labels",
      "font-family": MONO,
      "font-size": size.type,
      "text-anchor": "middle",
      fill: INK.text,
      ...(tokens.length > NAME_ALL ? WHITE_EDGE : {}),
    },
    ...labels.map(
      ({ index, leader }) =>
        leader && element("line", { class: "leader", "data-index": index, ...leader, ...LEADER }),
    ),
    ...labels.map((label) => nameNode(tokens[label.index]!, label, size)),
  );
  const notes: string[] = [];
  if (labels.length < tokens.length) {
    notes.push(
      `Named: ${groupDigits(labels.length)} of ${groupDigits(tokens.length)} tokens, those with room`,
    );
  }
  const unseen = tokens.filter(isUnseen).length;
  if (unseen > 0) {
    notes.push(
      `Grey and hollow: never seen in training (${groupDigits(unseen)} of ${groupDigits(tokens.length)} tokens)`,
    );
  }
  return { nodes, notes };
}

/** Whether training never saw the token. */
export function isUnseen({ occurrences }: FigureToken): boolean {
  return occurrences === 0;
}

/** How names are set. */
export interface NameSize {
  /** Size of type in pixels. */
  readonly type: number;
  /** Cells of the longest name; longer ones are cut. */
  readonly limit: number;
}

interface Attempt {
  readonly size: NameSize;
  readonly labels: readonly PlacedLabel[];
}

function place(
  tokens: readonly FigureToken[],
  { frame, points, radius }: Scatter,
  obstacles: readonly Box[],
): Attempt {
  const bounds = grown(
    boxAround(frame.x + frame.width / 2, frame.y + frame.height / 2, frame.width, frame.height),
    -2,
  );
  const attempt = (size: NameSize, leaders: boolean, most?: number): PlacedLabel[] =>
    placeLabels(
      tokens.map(({ display }, i) => ({ ...points[i]!, ...nameSize(display, size) })),
      { bounds, radius, obstacles, leaders, most },
    );
  if (tokens.length > NAME_ALL) {
    const size = { type: tokens.length > 512 ? 7.5 : 8.5, limit: 16 };
    return { size, labels: attempt(size, tokens.length <= WITH_LEADERS, MOST_COST) };
  }
  let best: Attempt | undefined;
  for (const [type, limit] of SIZES) {
    if (type < LEAST_BY_CHOICE && best?.labels.length === tokens.length) break;
    const size = { type, limit };
    const next = { size, labels: attempt(size, true) };
    if (best === undefined || isBetter(next, best)) best = next;
    if (leadersOf(best) * 2 <= tokens.length && best.labels.length === tokens.length) break;
  }
  return best!;
}

function isBetter(a: Attempt, b: Attempt): boolean {
  const more = a.labels.length - b.labels.length;
  return more > 0 || (more === 0 && leadersOf(a) < leadersOf(b));
}

function leadersOf({ labels }: Attempt): number {
  return labels.filter(({ leader }) => leader !== undefined).length;
}

/** The box that a name needs, in pixels. */
export function nameSize(
  display: string,
  { type, limit }: NameSize,
): { width: number; height: number } {
  return {
    width: monoWidth(cutText(display, limit), type) + 2 * PADDING,
    height: lineHeight(type),
  };
}

/** A name in its box. */
export function nameNode(
  token: FigureToken,
  { index, box }: PlacedLabel,
  { type, limit }: NameSize,
): SvgNode {
  const text = cutText(token.display, limit);
  return element(
    "text",
    {
      class: "label",
      "data-index": index,
      x: (box.left + box.right) / 2,
      // the line's box reaches 0.24 em below the baseline
      y: box.bottom - 0.245 * type,
      // keeps the name inside its box in whatever font it is drawn
      textLength: box.right - box.left - 2 * PADDING,
      lengthAdjust: "spacingAndGlyphs",
      "unicode-bidi": "isolate",
      fill: isUnseen(token) ? UNSEEN : undefined,
    },
    text,
    text === token.display ? undefined : element("title", {}, token.display),
  );
}
