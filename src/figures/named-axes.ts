import type { Frame } from "./axes.ts";
import type { FigureToken } from "./figure.ts";
import { isUnseen } from "./names.ts";
import { INK, UNSEEN } from "./palette.ts";
import { element, type SvgNode } from "./svg.ts";
import { cutText, MONO, monoWidth, SANS, TYPE } from "./text.ts";

/** Most names on an axis; the notebook's every third of 100 are 34. */
const MOST_NAMES = 34;
const SIZE = 8.5; // pixels
const LIMIT = 10; // cells
const TICK = 3;

/**
 * Axes of a Gram matrix with row 0 at the bottom, named by tokens: at 100 rows every third, the left
 * axis from token 0 and the lower from token 1, so that together they name two thirds, as in the
 * notebook; at other sizes as many as stay readable.
 */
export function namedAxes(tokens: readonly FigureToken[], frame: Frame): SvgNode {
  const step = Math.max(1, Math.ceil(tokens.length / MOST_NAMES));
  return element(
    "g",
    { class: "axis", "font-family": MONO, "font-size": SIZE, fill: INK.tick },
    ...leftNames(tokens, frame, step),
    ...bottomNames(tokens, frame, step),
  );
}

function leftNames(tokens: readonly FigureToken[], frame: Frame, step: number): SvgNode[] {
  const names = everyNth(tokens, 0, step);
  const nodes = names.flatMap(({ token, index }) => {
    const y = frame.y + frame.height * (1 - (index + 0.5) / tokens.length);
    return [
      tickMark(frame.x - TICK, y, frame.x, y),
      nameText(token, { x: frame.x - TICK - 3, y: y + 0.34 * SIZE, "text-anchor": "end" }),
    ];
  });
  const x = frame.x - TICK - 3 - widest(names) - 10;
  const y = frame.y + frame.height / 2;
  return [...nodes, axisTitle(indexTitle(0, step, tokens.length), x, y, true)];
}

function bottomNames(tokens: readonly FigureToken[], frame: Frame, step: number): SvgNode[] {
  const names = everyNth(tokens, Math.min(1, step - 1), step);
  const bottom = frame.y + frame.height;
  const upright = widest(names) + 2 <= (frame.width / tokens.length) * step;
  const nodes = names.flatMap(({ token, index }) => {
    const x = frame.x + (frame.width * (index + 0.5)) / tokens.length;
    const at = upright
      ? ({ x, y: bottom + TICK + 9, "text-anchor": "middle" } as const)
      : ({
          x: x + 0.34 * SIZE,
          y: bottom + TICK + 3,
          "text-anchor": "end",
          transform: turned(x + 0.34 * SIZE, bottom + TICK + 3),
        } as const);
    return [tickMark(x, bottom, x, bottom + TICK), nameText(token, at)];
  });
  const below = upright ? SIZE + 4 : widest(names) + 3;
  const title = indexTitle(Math.min(1, step - 1), step, tokens.length);
  return [...nodes, axisTitle(title, frame.x + frame.width / 2, bottom + TICK + below + 15, false)];
}

interface Name {
  readonly token: FigureToken;
  readonly index: number;
}

function everyNth(tokens: readonly FigureToken[], first: number, step: number): Name[] {
  return tokens
    .map((token, index) => ({ token, index }))
    .filter(({ index }) => index >= first && (index - first) % step === 0);
}

function widest(names: readonly Name[]): number {
  return names.reduce(
    (most, { token }) => Math.max(most, monoWidth(cutText(token.display, LIMIT), SIZE)),
    0,
  );
}

// "Token" where all are named, else which: "Token 1, 4, 7, …"
function indexTitle(first: number, step: number, count: number): string {
  if (step === 1 || first + 2 * step >= count) return "Token";
  return `Token ${first}, ${first + step}, ${first + 2 * step}, …`;
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

function axisTitle(title: string, x: number, y: number, upwards: boolean): SvgNode {
  return element(
    "text",
    {
      class: "axis-title",
      x,
      y,
      transform: upwards ? turned(x, y) : undefined,
      "text-anchor": "middle",
      "font-family": SANS,
      "font-size": TYPE.axis,
      fill: INK.text,
    },
    title,
  );
}

function tickMark(x1: number, y1: number, x2: number, y2: number): SvgNode {
  return element("line", { x1, y1, x2, y2, stroke: INK.line, "stroke-width": 0.8 });
}

function turned(x: number, y: number): string {
  return `rotate(-90 ${x.toFixed(2)} ${y.toFixed(2)})`;
}
