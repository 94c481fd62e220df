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

function base64(bytes: Uint8Array): string {
  let binary = "";
  for (let i = 0; i < bytes.length; i += 8192) {
    binary += String.fromCharCode(...bytes.subarray(i, i + 8192));
  }
  return btoa(binary);
}
