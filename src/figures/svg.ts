/**
 * SVG as a tree that becomes text in one place. Whatever goes in, what comes out is well-formed XML
 * without scripts: names of elements and attributes are closed sets, and every value is escaped.
 */

import { rangeError } from "../errors.ts";

type ElementName =
  | "svg"
  | "title"
  | "desc"
  | "g"
  | "rect"
  | "circle"
  | "line"
  | "polygon"
  | "path"
  | "image"
  | "text";

type AttributeName =
  | "xmlns"
  | "viewBox"
  | "role"
  | "class"
  | "transform"
  | "d"
  | "points"
  | "x"
  | "y"
  | "x1"
  | "y1"
  | "x2"
  | "y2"
  | "cx"
  | "cy"
  | "r"
  | "width"
  | "height"
  | "href"
  | "preserveAspectRatio"
  | "fill"
  | "stroke"
  | "stroke-width"
  | "stroke-opacity"
  | "stroke-linejoin"
  | "stroke-linecap"
  | "paint-order"
  | "font-family"
  | "font-size"
  | "font-weight"
  | "text-anchor"
  | "textLength"
  | "lengthAdjust"
  | "unicode-bidi"
  | "data-index"
  | "data-group";

/** Attributes of an element; numbers are rounded, undefined ones are left out. */
export type Attributes = { readonly [name in AttributeName]?: string | number | undefined };

/** An element of the tree. */
export interface SvgElement {
  readonly name: ElementName;
  readonly attributes: Attributes;
  readonly children: readonly SvgNode[];
}

/** An element, or text that is escaped when it is written; undefined is left out. */
export type SvgNode = SvgElement | string | undefined;

/** An element with the given attributes and children. */
export function element(
  name: ElementName,
  attributes: Attributes,
  ...children: readonly SvgNode[]
): SvgElement {
  return { name, attributes, children };
}

/** The tree as SVG text, without an XML declaration, so that it can also stand inside HTML. */
export function renderSvg(root: SvgElement): string {
  const pieces: string[] = [];
  write(root, pieces);
  pieces.push("\n");
  return pieces.join("");
}

function write(node: SvgNode, pieces: string[]): void {
  if (node === undefined) return;
  if (typeof node === "string") {
    pieces.push(escapeXml(node));
    return;
  }
  pieces.push("<", node.name);
  for (const [name, value] of Object.entries(node.attributes)) {
    if (value === undefined) continue;
    pieces.push(" ", name, '="', typeof value === "number" ? num(value) : escapeXml(value), '"');
  }
  if (node.children.length === 0) {
    pieces.push("/>");
    return;
  }
  pieces.push(">");
  // one element a line, so that figures can be compared line by line; but nothing is added to text
  const separator = node.children.some((child) => typeof child === "string") ? "" : "\n";
  for (const child of node.children) {
    if (child !== undefined) pieces.push(separator);
    write(child, pieces);
  }
  pieces.push("</", node.name, ">");
}

/**
 * The number as SVG takes it, rounded to a hundredth of a pixel.
 *
 * @throws {RangeError} for NaN and infinities, which no figure may hold.
 */
export function num(value: number): string {
  if (!Number.isFinite(value)) throw rangeError(`svg: expected a finite number, got ${value}`);
  // + 0 turns -0 into 0
  return String(Math.round(value * 100) / 100 + 0);
}

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ["&", "&amp;"],
  ["<", "&lt;"],
  [">", "&gt;"],
  ['"', "&quot;"],
  ["'", "&apos;"],
  // as references, since XML parsers change these where they stand for themselves
  ["\t", "&#9;"],
  ["\n", "&#10;"],
  ["\r", "&#13;"],
]);

/** Text that stays as it is: most of it is, and this is told faster than every character is looked at. */
const PLAIN = /^[\w #%(),./:;+=-]*$/;

/**
 * Text for element content and quoted attributes. Code points that XML 1.0 forbids (most controls,
 * lone surrogates, U+FFFE, U+FFFF) become U+FFFD.
 */
export function escapeXml(text: string): string {
  if (PLAIN.test(text)) return text;
  return text.replace(/[&<>"'\t\n\r]|[^\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, (c) => {
    return ENTITIES.get(c) ?? "\uFFFD";
  });
}
