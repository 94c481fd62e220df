/** Small JSON files that say themselves whether they are whole: `{ ..., "sha256": digest of the rest }`. */
import { createHash } from "node:crypto";

/** The text of an object with its digest. */
export function sealedJson(value: Readonly<Record<string, unknown>>): string {
  return `${JSON.stringify({ ...value, sha256: digestOf(value) }, undefined, 1)}\n`;
}

/** What `sealedJson` wrote; undefined if the text is anything else, or was changed since. */
export function readSealedJson(text: string): Record<string, unknown> | undefined {
  try {
    const { sha256, ...value } = JSON.parse(text);
    return sha256 === digestOf(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function digestOf(value: Readonly<Record<string, unknown>>): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex");
}
