import { quoted } from "../bytes/display.ts";
import type { GgufValue } from "./gguf.ts";

/** Names of `general.file_type`, which says how most of the weights are kept (`llama_ftype` of llama.h). */
const FILE_TYPES: ReadonlyMap<GgufValue | null | undefined, string> = new Map([
  ...numbered(0, ["F32", "F16", "Q4_0", "Q4_1", "Q4_1 with some F16"]),
  ...numbered(7, [
    "Q8_0",
    "Q5_0",
    "Q5_1",
    "Q2_K",
    "Q3_K_S",
    "Q3_K_M",
    "Q3_K_L",
    "Q4_K_S",
    "Q4_K_M",
  ]),
  ...numbered(16, ["Q5_K_S", "Q5_K_M", "Q6_K", "IQ2_XXS", "IQ2_XS", "Q2_K_S", "IQ3_XS", "IQ3_XXS"]),
  ...numbered(24, [
    "IQ1_S",
    "IQ4_NL",
    "IQ3_S",
    "IQ3_M",
    "IQ2_S",
    "IQ2_M",
    "IQ4_XS",
    "IQ1_M",
    "BF16",
  ]),
  ...numbered(36, ["TQ1_0", "TQ2_0", "MXFP4", "NVFP4", "Q1_0"]),
]);

function numbered(from: number, names: readonly string[]): [number, string][] {
  return names.map((name, i) => [from + i, name]);
}

/** A GGUF file in a line: `"GGUF, architecture llama, named "TinyLlama", mostly Q4_K_M"`. */
export function ggufNote(metadata: ReadonlyMap<string, GgufValue | null>): string {
  const text = (key: string) => {
    const value = metadata.get(key);
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  const architecture = text("general.architecture");
  const name = text("general.name");
  const type = FILE_TYPES.get(metadata.get("general.file_type"));
  return [
    "GGUF",
    ...(architecture === undefined ? [] : [`architecture ${quoted(architecture).slice(1, -1)}`]),
    ...(name === undefined ? [] : [`named ${quoted(name)}`]),
    ...(type === undefined ? [] : [`mostly ${type}`]),
  ].join(", ");
}
