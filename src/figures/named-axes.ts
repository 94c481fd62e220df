import { axisTitle, type Frame, tickMark, upwardsAt } from "./axes.ts";
import type { FigureToken } from "./figure.ts";
import { isUnseen } from "./names.ts";
import { INK, UNSEEN } from "./palette.ts";
import { element, type SvgNode } from "./svg.ts";
import { cutText, MONO, monoWidth } from "./text.ts";

/** Most names on an axis; the notebook's every third of 100 are 34. */
const MOST_NAMES = 34;
const SIZE = 8.5; // of type, pixels
const LIMIT = 10; // cells of the longest name
const TICK = 3; // length of a tick mark, pixels
const TITLE = 26; // room for an axis title, pixels

/** Pixels that the names and title of the left axis take. */
export function leftRoom(tokens: readonly FigureToken[]): number {
  return TICK + 3 + widest(everyNth(tokens, "left")) + TITLE;
}

/** Pixels that the names and title of the lower axis take. */
export function bottomRoom(tokens: readonly FigureToken[], width: number): number {
  const names = everyNth(tokens, "bottom");
  const turned = fitUpright(tokens, width) ? 0 : widest(names) + 3;
  return TICK + Math.max(SIZE + 4, turned) + TITLE;
}

/**
 * Axes of a Gram matrix with row 0 at the bottom, named by tokens: at 100 rows every third, the left
 * axis from token 0 and the lower from token 1, so that together they name two thirds, as in the
 * notebook; at other sizes as many as stay readable. Names on the lower axis run upwards if one of them
 * is too long for its place.
 */
export function namedAxes(tokens: readonly FigureToken[], frame: Frame): SvgNode {
  const left = frame.x - leftRoom(tokens) + TITLE - 12;
  const middle = frame.y + frame.height / 2;
  const bottom = frame.y + frame.height + bottomRoom(tokens, frame.width) - 9;
  return element(
    "g",
    { class: "axis", "font-family": MONO, "font-size": SIZE, fill: INK.tick },
    ...leftNames(tokens, frame),
    ...bottomNames(tokens, frame),
    axisTitle(indexTitle(tokens, "left"), left, middle, upwardsAt(left, middle)),
    axisTitle(indexTitle(tokens, "bottom"), frame.x + frame.width / 2, bottom),
  );
}

function leftNames(tokens: readonly FigureToken[], frame: Frame): SvgNode[] {
  return everyNth(tokens, "left").flatMap(({ token, index }) => {
    const y = frame.y + frame.height * (1 - (index + 0.5) / tokens.length);
    return [
      tickMark(frame.x - TICK, y, frame.x, y),
      nameText(token, { x: frame.x - TICK - 3, y: y + 0.34 * SIZE, "text-anchor": "end" }),
    ];
  });
}

function bottomNames(tokens: readonly FigureToken[], frame: Frame): SvgNode[] {
  const bottom = frame.y + frame.height;
  const upright = fitUpright(tokens, frame.width);
  return everyNth(tokens, "bottom").flatMap(({ token, index }) => {
    const x = frame.x + (frame.width * (index + 0.5)) / tokens.length;
    const mark = tickMark(x, bottom, x, bottom + TICK);
    if (upright) {
      return [mark, nameText(token, { x, y: bottom + TICK + 9, "text-anchor": "middle" })];
    }
    const [u, v] = [x + 0.34 * SIZE, bottom + TICK + 3];
    return [
      mark,
      nameText(token, { x: u, y: v, "text-anchor": "end", transform: upwardsAt(u, v) }),
    ];
  });
}

interface Name {
  readonly token: FigureToken;
  readonly index: number;
}

function step(count: number): number {
  return Math.max(1, Math.ceil(count / MOST_NAMES));
}

function firstNamed(count: number, axis: "left" | "bottom"): number {
  return axis === "left" ? 0 : Math.min(1, step(count) - 1);
}

function everyNth(tokens: readonly FigureToken[], axis: "left" | "bottom"): Name[] {
  const names: Name[] = [];
  for (let index = firstNamed(tokens.length, axis); index < tokens.length; ) {
    names.push({ token: tokens[index]!, index });
    index += step(tokens.length);
  }
  return names;
}

// "Token" where all are named, else which, by their ids where known: "Token 1, 4, 7, …"
function indexTitle(tokens: readonly FigureToken[], axis: "left" | "bottom"): string {
  if (step(tokens.length) === 1) return "Token";
  const [known, title] = tokens.every(({ id }) => id !== undefined)
    ? [true, "Token"]
    : [false, "Token (position)"];
  const [a, b, c] = everyNth(tokens, axis).map(({ token, index }) => (known ? token.id : index));
  return `${title} ${a}, ${b}, ${c}, …`;
}

function fitUpright(tokens: readonly FigureToken[], width: number): boolean {
  const room = (width / tokens.length) * step(tokens.length);
  return widest(everyNth(tokens, "bottom")) + 2 <= room;
}

function widest(names: readonly Name[]): number {
  return names.reduce((most, { token }) => Math.max(most, nameWidth(token)), 0);
}

function nameWidth({ display }: FigureToken): number {
  return monoWidth(cutText(display, LIMIT), SIZE);
}

function nameText(
  token: FigureToken,
  place: { x: number; y: number; "text-anchor": string; transform?: string },
): SvgNode {
  const text = cutText(token.display, LIMIT);
  return element(
    "text",
    {
      class: "tick",
      ...place,
      textLength: monoWidth(text, SIZE),
      lengthAdjust: "spacingAndGlyphs",
      "unicode-bidi": "isolate",
      fill: isUnseen(token) ? UNSEEN : undefined,
    },
    text,
    text === token.display ? undefined : element("title", {}, token.display),
  );
}
