/** What to say where there is nothing of the name that was given. */
import { HubError, rangeError } from "../../errors.ts";
import { pastedAddress } from "../hub/pasted.ts";
import { weightFormat } from "../weights/weight-files.ts";
import { kindOf } from "./folder.ts";

/** The error for a path at which there is nothing; it proposes what may have been meant, and opens nothing. */
export async function noSuchPath(source: string): Promise<RangeError> {
  const hint = (await withoutRevision(source)) ?? (await onTheHub(source)) ?? "";
  return rangeError(`${source}: there is no such file or folder${hint}`);
}

/** An error of the hub; where a file or folder here has the name but for the revision, it says so. */
export async function withLocalName(id: string, error: HubError): Promise<HubError> {
  const hint = await withoutRevision(id);
  if (hint === undefined) return error;
  const { message, url, status, cause } = error;
  return new HubError(`${message}${hint}`, {
    ...(url === undefined ? {} : { url }),
    ...(status === undefined ? {} : { status }),
    cause,
  });
}

/** `st@main` where there is a folder `st`. */
async function withoutRevision(source: string): Promise<string | undefined> {
  const at = source.lastIndexOf("@");
  const path = source.slice(0, Math.max(at, 0));
  if (path === "") return undefined;
  const kind = await kindOf(path);
  if (kind !== "file" && kind !== "folder") return undefined;
  return `; there is a ${kind} ${path} here, which has no revisions: leave out ${source.slice(at)}`;
}

async function onTheHub(source: string): Promise<string | undefined> {
  const pasted = pastedAddress(source);
  if (pasted === undefined) return undefined;
  const { id, path } = pasted;
  // a slip in a path here, and no model of the hub
  const [first = ""] = source.split("/");
  if (!source.includes("://") && (await kindOf(first)) !== null) return undefined;
  if (path === undefined) return `; did you mean ${id}?`;
  // one shard is not the model; what a shell would take apart is left to the user
  const named = weightFormat(path) !== undefined && !/-of-\d+\.(?:safetensors|bin)$/.test(path);
  if (named && /^[\w./+=-]+$/.test(path)) {
    return `; did you mean ${id} --weights ${path} (option weights)?`;
  }
  return source.includes("://") || /\.\w+$/.test(path) ? `; did you mean ${id}?` : undefined;
}
