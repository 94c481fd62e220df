/**
 * Dots of large maps, without an element for each: up to some ten thousand as one path of round dots for
 * each colour, beyond as a picture of their density, in which places are the darker the more dots lie there.
 */
import type { Point } from "./box.ts";
import { parseHex } from "./palette.ts";
import { palettePicture } from "./picture.ts";
import type { Scatter } from "./scatter.ts";
import { element, type SvgNode } from "./svg.ts";

/** Up to so many points, every one is an element of its own, with its token to be read; beyond, see above. */
export const ONE_BY_ONE = 2000;
/** Up to so many points, dots are drawn as paths; beyond, they overprint each other, and become a density. */
export const AS_PATHS = 20_000;

/** Points of one colour. */
export interface Layer {
  /** `#rrggbb`. */
  readonly color: string;
  /** Numbers of the points. */
  readonly indices: readonly number[];
  /** Size of its dots where 1, the default, is the map's; a density has one size for all. */
  readonly size?: number | undefined;
}

/** At most so many points in one place are told apart by their shade. */
const SHADES_EACH = 24;
/** How much of the way to the darkest shade is left with every further point in a place. */
const LEFT = 0.82;
const MOST_LAYERS = 10; // whose shades a byte can name, with the ground's
const SCALE = 2; // pixels of the picture to a pixel of the figure, each way

type Rgb = readonly [red: number, green: number, blue: number];

/**
 * All points of the layers, each once; later layers lie on earlier ones.
 *
 * @param layers At most 10.
 */
export function crowd(map: Scatter, layers: readonly Layer[]): SvgNode {
  return map.points.length <= AS_PATHS ? dotPaths(map, layers) : density(map, layers);
}

/** What to say of so many points drawn by `crowd`. */
export function crowdNotes(count: number): string[] {
  return count <= AS_PATHS ? [] : ["The darker a place, the more tokens lie there"];
}

function dotPaths({ points, radius }: Scatter, layers: readonly Layer[]): SvgNode {
  return element(
    "g",
    { class: "crowd", fill: "none", "stroke-width": 2 * radius, "stroke-linecap": "round" },
    ...layers
      .filter(({ indices }) => indices.length > 0)
      .map(({ color, indices, size }) =>
        element("path", {
          class: "dots",
          d: dotPath(points, indices),
          stroke: color,
          "stroke-width": size && 2 * radius * size,
        }),
      ),
  );
}

/** A line of no length for every point: its round caps are the dot. Rounded to a tenth of a pixel. */
function dotPath(points: readonly Point[], indices: readonly number[]): string {
  const tenths = (value: number): number => Math.round(10 * value) / 10;
  return indices.map((i) => `M${tenths(points[i]!.x)} ${tenths(points[i]!.y)}h0`).join("");
}

function density({ frame, points, radius }: Scatter, layers: readonly Layer[]): SvgNode {
  const [width, height] = [SCALE * frame.width, SCALE * frame.height].map(Math.ceil) as [
    number,
    number,
  ];
  const pixels = new Uint8Array(width * height);
  const disk = diskOffsets(SCALE * radius);
  layers.slice(0, MOST_LAYERS).forEach(({ indices }, layer) => {
    const first = 1 + layer * SHADES_EACH;
    const last = first + SHADES_EACH - 1;
    for (const i of indices) {
      const column = Math.floor(SCALE * (points[i]!.x - frame.x));
      const row = Math.floor(SCALE * (points[i]!.y - frame.y));
      for (const [right, down] of disk) {
        const [u, v] = [column + right, row + down];
        if (u < 0 || u >= width || v < 0 || v >= height) continue;
        const shade = pixels[v * width + u]!;
        // a dot of another layer is covered
        if (shade < first) pixels[v * width + u] = first;
        else if (shade < last) pixels[v * width + u] = shade + 1;
      }
    }
  });
  const palette: Rgb[] = [[255, 255, 255], ...layers.flatMap(({ color }) => shades(color))];
  return palettePicture("density", pixels, [height, width], palette, frame);
}

/** The pixels of a disk around a pixel, as steps from it. */
function diskOffsets(radius: number): [right: number, down: number][] {
  const offsets: [number, number][] = [];
  const reach = Math.floor(radius);
  for (let v = -reach; v <= reach; v++) {
    for (let u = -reach; u <= reach; u++) {
      if (u * u + v * v <= radius * radius) offsets.push([u, v]);
    }
  }
  return offsets;
}

/** From a light tint of a colour, for one dot, to a dark one for many. */
function shades(color: string): Rgb[] {
  const light = mixed(parseHex(color), 255, 0.4);
  const dark = mixed(parseHex(color), 0, 0.45);
  let left = 1;
  return Array.from({ length: SHADES_EACH }, () => {
    const t = 1 - left;
    left *= LEFT;
    return light.map((value, i) => Math.round(value + t * (dark[i]! - value))) as [
      number,
      number,
      number,
    ];
  });
}

function mixed(color: Rgb, grey: number, part: number): Rgb {
  const [red, green, blue] = color.map((value) => value + part * (grey - value));
  return [red!, green!, blue!];
}
