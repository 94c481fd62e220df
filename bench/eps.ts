import type { Matrix } from "tokenscape";

/** DBSCAN's minSamples on every map: the notebook's. */
export const MIN_SAMPLES = 3;

/** By the part of the work that each is timed as: a map's eps, and far below and above it. */
export const EPS_FACTORS: Readonly<Record<"small" | "fit" | "large", number>> = {
  small: 1 / 8,
  fit: 1,
  large: 8,
};

/** A radius that suits a map (n, 2): the side of the square that each point has, were they spread evenly over its extent. */
export function mapEps({ data, shape: [n, cols] }: Matrix): number {
  const side = (axis: number): number => {
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let e = axis; e < data.length; e += cols) {
      low = Math.min(low, data[e]!);
      high = Math.max(high, data[e]!);
    }
    return high - low;
  };
  return Math.max(side(0), side(1)) / Math.sqrt(n);
}
