/**
 * Colours as people with a colour vision deficiency see them: Machado, Oliveira and Fernandes (2009),
 * severity 1, applied in linear RGB; differences in CIELAB (1976) under D65.
 */
import { parseHex } from "../../src/figures/palette.ts";

type Vector = readonly [number, number, number];

export const VISION: ReadonlyMap<string, readonly [Vector, Vector, Vector]> = new Map([
  [
    "full",
    [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ],
  ],
  [
    "protanopia",
    [
      [0.152286, 1.052583, -0.204868],
      [0.114503, 0.786281, 0.099216],
      [-0.003882, -0.048116, 1.051998],
    ],
  ],
  [
    "deuteranopia",
    [
      [0.367322, 0.860646, -0.227968],
      [0.280085, 0.672501, 0.047413],
      [-0.01182, 0.04294, 0.968881],
    ],
  ],
  [
    "tritanopia",
    [
      [1.255528, -0.076749, -0.178779],
      [-0.078411, 0.930809, 0.147602],
      [0.004733, 0.691367, 0.3039],
    ],
  ],
]);

/** Distance in CIELAB of two colours `#rrggbb` as seen with this vision; about 2 is just visible. */
export function colorDistance(a: string, b: string, vision: string): number {
  const [p, q] = [seen(a, vision), seen(b, vision)];
  return Math.sqrt((p[0] - q[0]) ** 2 + (p[1] - q[1]) ** 2 + (p[2] - q[2]) ** 2);
}

function seen(hex: string, vision: string): Vector {
  const [r, g, b] = parseHex(hex).map((channel) => {
    const c = channel / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  const [x, y, z] = VISION.get(vision)!.map((row) =>
    Math.min(1, Math.max(0, row[0] * r + row[1] * g + row[2] * b)),
  ) as [number, number, number];
  return lab(x, y, z);
}

function lab(r: number, g: number, b: number): Vector {
  const f = (t: number): number => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116);
  const x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047);
  const y = f(0.2126 * r + 0.7152 * g + 0.0722 * b);
  const z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}
