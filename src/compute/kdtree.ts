/** Lays and grows the k-d tree of assembly/kdtree.ts, for points of up to three dimensions. */
import type { Matrix } from "../matrix.ts";
import type { Arena, Region } from "./arena.ts";
import type { Team } from "./team.ts";

/** Dimensions up to which points go into a tree. */
export const TREE_DIMENSIONS = 3;

/** Most points of a leaf. */
const LEAF = 8;

/** Where the parts of a tree lie. */
export interface TreePlan {
  readonly count: number;
  readonly levels: number;
  /** The leaves are the nodes from `leaves` on; all nodes are below `nodes`. */
  readonly leaves: number;
  readonly nodes: number;
  /** The fields of `Tree`, by which kernels know it. */
  readonly fields: Region;
  /** The rows of the points, in the tree's order. */
  readonly ids: Region;
  readonly points: Region;
  readonly parts: readonly Region[];
}

/** Lays a tree of `count` points of `d` dimensions: about 54 bytes a point. */
export function planTree(arena: Arena, count: number, d: number): TreePlan {
  let levels = 0;
  while (count > LEAF * 2 ** levels) levels++;
  const leaves = 2 ** levels;
  const nodes = 2 * leaves;
  // one entry more, because kernels read two at a time
  const [x, y, z, ids] = [
    arena.f32(count + 1),
    arena.f32(count + 1),
    arena.f32(count + 1),
    arena.u32(count),
  ];
  const [starts, boxes, lowest] = [arena.u32(leaves + 1), arena.f32(8 * nodes), arena.u32(nodes)];
  const parts = [x, y, z, ids, starts, boxes, lowest, arena.f32(4 * count)];
  return {
    count,
    levels,
    leaves,
    nodes,
    fields: arena.u32(11),
    ids,
    points: arena.f32(count * d),
    parts,
  };
}

/** Builds the tree over the rows of Y. */
export function growTree(team: Team, plan: TreePlan, { data, shape }: Matrix): void {
  const d = shape[1];
  const deep = d === 3 ? 1 : 0;
  team.u32(plan.fields).set([plan.count, deep, plan.levels, ...plan.parts.map(({ at }) => at)]);
  team.f32(plan.points).set(data);
  team.one("kdBuild", plan.fields.at, plan.points.at, d);
}
