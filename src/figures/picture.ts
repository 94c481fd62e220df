/** Pictures of at most 256 colours, for figures: PNGs that stand in the SVG itself. */
import { encode } from "fast-png";
import type { Frame } from "./axes.ts";
import { element, type SvgNode } from "./svg.ts";

/**
 * A picture that fills the frame.
 *
 * @param pixels A number of a colour for every pixel, line by line from the top.
 */
export function palettePicture(
  kind: "heatmap" | "density",
  pixels: Uint8Array,
  [height, width]: readonly [height: number, width: number],
  palette: readonly (readonly [red: number, green: number, blue: number])[],
  frame: Frame,
): SvgNode {
  const png = encode({
    width,
    height,
    data: pixels,
    channels: 1,
    depth: 8,
    palette: palette.map(([red, green, blue]) => [red, green, blue]),
  });
  return element("image", {
    class: kind,
    x: frame.x,
    y: frame.y,
    width: frame.width,
    height: frame.height,
    preserveAspectRatio: "none",
    href: `data:image/png;base64,${base64(png)}`,
  });
}

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// in one array of characters: joining a string of a million pieces takes ten times as long
function base64(bytes: Uint8Array): string {
  const digits = new TextEncoder().encode(DIGITS);
  const text = new Uint8Array(4 * Math.ceil(bytes.length / 3)).fill("=".charCodeAt(0));
  for (let i = 0, at = 0; i < bytes.length; i += 3, at += 4) {
    const bits = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    text[at] = digits[bits >> 18]!;
    text[at + 1] = digits[(bits >> 12) & 63]!;
    if (i + 1 < bytes.length) text[at + 2] = digits[(bits >> 6) & 63]!;
    if (i + 2 < bytes.length) text[at + 3] = digits[bits & 63]!;
  }
  return new TextDecoder().decode(text);
}
