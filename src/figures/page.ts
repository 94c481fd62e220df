import type { FigureText } from "./figure.ts";
import { INK } from "./palette.ts";
import { element, renderSvg, type SvgNode } from "./svg.ts";
import { SANS, TYPE, wrapText } from "./text.ts";

/** A figure's sheet: its size without the caption, its name, and its notes, which stand after the first line of the caption. */
export interface Page {
  readonly width: number;
  readonly height: number;
  readonly title: string;
  /** What a reader must know of the picture: what is left out, what grey means. */
  readonly notes: readonly string[];
}

const MARGIN = 24; // left and right of the caption, pixels
const LINE_HEIGHT = 14.5;

/** The whole SVG: name, description, white ground, picture, then caption and notes in small grey type. */
export function renderPage(
  { height, title, notes, ...page }: Page,
  { caption, description }: FigureText,
  picture: readonly SvgNode[],
): string {
  const width = Math.ceil(page.width); // whole pixels, so that PNGs have the same
  const lines = [...caption.slice(0, 1), ...notes, ...caption.slice(1)].flatMap((line) =>
    wrapText(line, TYPE.caption, width - 2 * MARGIN),
  );
  const full = Math.ceil(height + (lines.length === 0 ? 0 : lines.length * LINE_HEIGHT + 12));
  return renderSvg(
    element(
      "svg",
      {
        xmlns: "http://www.w3.org/2000/svg",
        role: "img",
        width,
        height: full,
        viewBox: `0 0 ${width} ${full}`,
        "font-family": SANS,
      },
      element("title", {}, title),
      element("desc", {}, description),
      element("rect", { class: "ground", width, height: full, fill: "#ffffff" }),
      ...picture,
      element(
        "g",
        { class: "caption", "font-size": TYPE.caption, fill: INK.note },
        ...lines.map((line, i) =>
          element("text", { x: MARGIN, y: height + 4 + (i + 0.5) * LINE_HEIGHT }, line),
        ),
      ),
    ),
  );
}
