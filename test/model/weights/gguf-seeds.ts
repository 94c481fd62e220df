import { readFileSync } from "node:fs";
import * as w from "./write-gguf.ts";

/** Files to change: one of gguf-py, and small ones of every version. */
export const GGUF_SEEDS: readonly Uint8Array[] = [
  Uint8Array.from(readFileSync(new URL("../../fixtures/gguf-py.gguf", import.meta.url))),
  ...[1, 2, 3].map((version) =>
    w.writeGguf({
      version,
      metadata: [
        ["general.alignment", w.u32(32)],
        ["a.nested", w.array([w.array([w.text("x")]), w.array([w.text("y"), w.text("")])])],
        ...w.vocabulary("rwkv", ["<s>", "\\xe2", "a"], [3, 1, 5]),
      ],
      tensors: [["token_embd.weight", { type: 8, shape: [3, 32], data: new Uint8Array(102) }]],
    }),
  ),
];
