import { clusterStyles } from "../figures/cluster-style.ts";
import type { Matrix } from "../matrix.ts";
import type { Swatches } from "../report/html-tokens.ts";

/** The look of every cluster as the figure draws it, for the report's swatches. Y is the map, (n, 2). */
export function clusterSwatches(Y: Matrix, labels: Int32Array): Swatches {
  // the figure has one scale for both axes, so its pixels and the map's units choose alike
  const sums: { x: number; y: number; count: number }[] = [];
  labels.forEach((label, i) => {
    if (label < 0) return;
    while (sums.length <= label) sums.push({ x: 0, y: 0, count: 0 });
    const sum = sums[label]!;
    sum.x += Y.data[2 * i]!;
    sum.y += Y.data[2 * i + 1]!;
    sum.count++;
  });
  const styles = clusterStyles(sums.map(({ x, y, count }) => ({ x: x / count, y: y / count })));
  return {
    colorOf: (label) => styles[label]?.color ?? "transparent",
    markOf: (label) => styles[label]?.mark ?? "circle",
  };
}
