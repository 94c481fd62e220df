/** Names of groups on large maps, where tokens have no room: the number and the most central token. */
import { groupDigits } from "../text/numbers.ts";
import type { Point } from "./box.ts";
import { bySize } from "./clusters.ts";
import { besideMarks, centralPoints, edged } from "./crowd-names.ts";
import type { FigureToken } from "./figure.ts";
import { type NameSize, type Names, nameNode, nameSize } from "./names.ts";
import type { Scatter } from "./scatter.ts";

const SIZE: NameSize = { type: 8, limit: 16 };
const MOST = 400; // groups that are tried
/** Half of the diamond at the centroid of a named group, pixels. */
export const NAMED_CENTROID = 3.2;

/** The groups of a map. */
export interface NamedGroups {
  readonly sizes: readonly number[];
  /** In pixels. */
  readonly centroids: readonly Point[];
  /** Number of the group of every point; -1 for none. */
  readonly labels: ArrayLike<number>;
}

/** Names of groups, and which groups have one. */
export interface GroupNames extends Names {
  readonly named: readonly number[];
}

/** Names groups by their number and the token nearest to their centroid, the largest first, where there is room. */
export function nameGroups(
  tokens: readonly FigureToken[],
  map: Scatter,
  { sizes, centroids, labels }: NamedGroups,
): GroupNames {
  const tried = bySize(sizes).slice(0, MOST);
  const central = centralPoints(map.points, centroids, labels);
  const names = tried.map((group) => ({ display: `${group} ${tokens[central[group]!]!.display}` }));
  const requests = names.map(({ display }, i) => ({
    ...centroids[tried[i]!]!,
    ...nameSize(display, SIZE),
  }));
  const placed = besideMarks(requests, map, NAMED_CENTROID);
  const nodes = placed.map((label) =>
    nameNode(names[label.index]!, { ...label, index: tried[label.index]! }, SIZE),
  );
  const count = `${groupDigits(placed.length)} of ${groupDigits(sizes.length)} groups`;
  const which = placed.length < sizes.length ? ", large ones with room" : "";
  const note = `Named: ${count}${which}, by number and the token nearest to the centroid`;
  return {
    nodes: edged(nodes, SIZE, "bold"),
    notes: sizes.length === 0 ? [] : [note],
    named: placed.map(({ index }) => tried[index]!),
  };
}
