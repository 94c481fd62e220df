import { createHash } from "node:crypto";

/** Longest name that is written out: with an ending, short enough for every disk. */
const LONGEST = 128;

/**
 * A text as the name of one file or folder: what no name may hold is written as in addresses. Of a long
 * one the beginning is there, and its sha256 for the rest; whoever must be sure keeps the text in the file.
 */
export function fileName(text: string): string {
  const name = encodeURIComponent(text).replaceAll("*", "%2A");
  if (name.length <= LONGEST) return name;
  const digest = createHash("sha256").update(text).digest("hex");
  return `${name.slice(0, 60).replace(/%.?$/, "")}~${digest.slice(0, 32)}`;
}
