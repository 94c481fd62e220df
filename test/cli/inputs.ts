import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { writeNpy } from "../../src/model/npy.ts";
import { clumps } from "../clumps.ts";

/** Writes n vectors of 8 dimensions in some clumps as a .npy file, with their labels beside it; gives its path. */
export function writeVectors(folder: string, n: number, labels?: readonly string[]): string {
  const path = join(folder, `vectors-${n}.npy`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, writeNpy(clumps(n, 8, 1)));
  const names = labels ?? Array.from({ length: n }, (_, i) => `t${i}`);
  writeFileSync(path.replace(".npy", ".json"), JSON.stringify(names));
  return path;
}
