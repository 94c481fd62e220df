/** How much of what two tools found is the same: neighbours as sets, labels one by one. */
import { existsSync } from "node:fs";
import type { Matrix } from "tokenscape";
import { readMatrix } from "./npy-file.ts";
import type { Work } from "./task.ts";

/** The shares of two tools' results that agree, 0 to 1; none where there is nothing to compare. */
export async function agreement(
  work: Work,
  ours: string,
  theirs: string,
): Promise<Readonly<Record<string, number>>> {
  if ((work !== "neighbors" && work !== "dbscan") || ![ours, theirs].every(existsSync)) return {};
  const [A, B] = [await readMatrix(ours), await readMatrix(theirs)];
  if (A.shape.join() !== B.shape.join()) return {};
  return { agreement: work === "neighbors" ? sharedEntries(A, B) : equalEntries(A, B) };
}

/** The share of entries of A's rows that are anywhere in the same row of B. */
export function sharedEntries(A: Matrix, B: Matrix): number {
  const [rows, cols] = A.shape;
  let shared = 0;
  for (let i = 0; i < rows; i++) {
    const row = new Set(B.data.subarray(i * cols, (i + 1) * cols));
    for (let c = 0; c < cols; c++) if (row.has(A.data[i * cols + c]!)) shared++;
  }
  return shared / A.data.length;
}

/** The share of entries that are the same; both number clusters by their lowest core point. */
export function equalEntries(A: Matrix, B: Matrix): number {
  return A.data.filter((value, e) => value === B.data[e]).length / A.data.length;
}
