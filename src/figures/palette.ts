import { interpolateViridis } from "d3-scale-chromatic";

/** Colours of everything that is not data. */
export const INK = {
  text: "#1a1a1a",
  tick: "#333333",
  line: "#444444",
  note: "#5c5c5c",
  leader: "#5c5c5c",
} as const;

/** The notebook's dots on the map: (0.7, 0.7, 1). */
export const DOT = "#b3b3ff";
/** The same darker, for dots of large maps, which are too small for an outline. */
export const CROWD_DOT = "#6a6ae0";
/** Ungrouped dots of large maps, where a plus sign has no room. */
export const CROWD_NOISE = "#8c8c8c";
/** The notebook's centroids: (0.8, 0.7, 0.1). */
export const CENTROID = "#ccb31a";
/** Names of tokens that training never saw. */
export const UNSEEN = "#8a8a8a";

/** Number of colours of a heat map; with the grey after them, as many as a byte can name. */
export const SHADES = 255;
/** Index of the grey that stands for entries without a value, after the shades. */
export const NO_VALUE = 255;

/** Viridis (Smith and van der Walt, 2015) from low to high as RGB, and the grey at `NO_VALUE`. */
export function heatPalette(): [number, number, number][] {
  const palette: [number, number, number][] = [];
  for (let i = 0; i < SHADES; i++) palette.push(parseHex(interpolateViridis((i + 0.5) / SHADES)));
  palette.push([200, 200, 200]);
  return palette;
}

/** A colour `#rrggbb` as three numbers from 0 to 255. */
export function parseHex(hex: string): [number, number, number] {
  const code = Number.parseInt(hex.slice(1), 16);
  return [code >> 16, (code >> 8) & 0xff, code & 0xff];
}
