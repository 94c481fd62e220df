import { Resvg, type ResvgRenderOptions } from "@resvg/resvg-js";
import { rangeError, UnsupportedError } from "../errors.ts";
import { MONO, SANS } from "../figures/text.ts";

type Font = NonNullable<ResvgRenderOptions["font"]>;

/** How a figure becomes a PNG. */
export interface PngOptions {
  /** Pixels of the PNG per pixel of the figure, above 0 and at most 8; default 2, about 200 to the inch. */
  readonly scale?: number | undefined;
  /** Fonts to write with in place of the system's: paths of font files. */
  readonly fontFiles?: readonly string[] | undefined;
}

/**
 * The figure as a PNG, drawn by resvg. Its text is set in the fonts of this machine: unlike the SVG,
 * the PNG's bytes differ between machines with different fonts.
 *
 * @throws {RangeError} if the scale is out of range.
 * @throws {UnsupportedError} if there is no font to write with, in place of a picture without text.
 */
export function renderPng(svg: string, { scale = 2, fontFiles }: PngOptions = {}): Uint8Array {
  if (!(scale > 0 && scale <= 8)) {
    throw rangeError(`renderPng: expected a scale above 0 and at most 8, got ${scale}`);
  }
  const font: Font =
    fontFiles === undefined
      ? { loadSystemFonts: true }
      : { loadSystemFonts: false, fontFiles: [...fontFiles] };
  if (!canWrite(SANS, font) || !canWrite(MONO, font)) {
    throw new UnsupportedError(
      "PNG: found no font to write the figure's text with; install one (on Debian: fonts-dejavu-core) or take the SVG",
      { feature: "PNG without fonts" },
    );
  }
  return new Resvg(svg, { font, fitTo: { mode: "zoom", value: scale } }).render().asPng();
}

function canWrite(family: string, font: Font): boolean {
  const probe = `<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20"><text y="15" font-family='${family}'>x</text></svg>`;
  // text without a font has no extent
  return new Resvg(probe, { font }).getBBox() !== undefined;
}
