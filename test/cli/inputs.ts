import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { writeNpy } from "../../src/model/weights/npy.ts";
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

/** The built-in sample's size, as its config.json states it. */
export function sampleSize(): { readonly vocab: number; readonly dim: number } {
  const config = new URL("../../sample/model/config.json", import.meta.url);
  const { vocab_size, hidden_size } = JSON.parse(readFileSync(config, "utf8"));
  return { vocab: vocab_size, dim: hidden_size };
}
