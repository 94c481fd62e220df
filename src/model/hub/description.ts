/** What the hub says of a model. */

import { jsonOutline } from "../bytes/json-outline.ts";
import { isCommit, isRepoName } from "./id.ts";

/** The parts of a model's description that are used; undefined if it is none. */
export function modelDescription(
  bytes: Uint8Array,
): { repo: string | undefined; commit: string; files: string[] } | undefined {
  try {
    // throws for more than any description holds: 64 MB of brackets would fill gigabytes
    jsonOutline(bytes, "description");
    const { id, sha, siblings } = JSON.parse(new TextDecoder().decode(bytes));
    if (!isCommit(sha) || !Array.isArray(siblings)) return undefined;
    const files = siblings.map(({ rfilename }) => String(rfilename));
    // a mirror may not say how it calls the model, or in a way that could lead elsewhere
    return { repo: isRepoName(id) ? id : undefined, commit: sha, files };
  } catch {
    return undefined;
  }
}
