/** The index of a model whose weights lie in several files. */
import { quoted } from "../bytes/display.ts";
import { faultAt } from "../bytes/fault.ts";
import { jsonObject, readJson } from "../bytes/json.ts";
import { jsonOffset } from "../bytes/json-place.ts";

/** More shards than any model has: each may be opened. */
const MOST_SHARDS = 10_000;
/** What file systems allow. */
const LONGEST_PATH = 255;

/**
 * The shard of each tensor, as an index (`model.safetensors.index.json`) tells them.
 *
 * @param extension Of the shards' names.
 * @param file What the index is called in errors.
 * @throws {FormatError} if it is broken, or a shard's name is not a plain one.
 */
export function readShardIndex(
  bytes: Uint8Array,
  extension: string,
  file: string,
): ReadonlyMap<string, string> {
  const map = jsonObject(jsonObject(readJson(bytes, file))?.weight_map);
  if (map === undefined) {
    throw faultAt(file, jsonOffset(bytes, ["weight_map"]), 'expected a "weight_map"');
  }
  const paths = new Set<string>();
  return new Map(
    Object.entries(map).map(([name, shard]) => {
      const fault = (reason: string) =>
        faultAt(file, jsonOffset(bytes, ["weight_map", name]), reason);
      if (!isShard(shard, extension)) {
        const given = typeof shard === "string" ? quoted(shard) : typeof shard;
        throw fault(`expected the name of a ${extension} file, got ${given}`);
      }
      if (paths.add(shard).size > MOST_SHARDS) throw fault(`more than ${MOST_SHARDS} shards`);
      return [name, shard];
    }),
  );
}

/** True for a plain name: a shard must not lead out of the model's folder. */
function isShard(value: unknown, extension: string): value is string {
  if (typeof value !== "string" || value.length > LONGEST_PATH) return false;
  return /^[\w-][\w.-]*$/.test(value) && value.endsWith(extension);
}

/** The shards of these tensors, each with the tensors that are in it. */
export function byShard(
  names: Iterable<string>,
  shards: ReadonlyMap<string, string>,
): ReadonlyMap<string, readonly string[]> {
  const tensors = new Map<string, string[]>();
  for (const name of names) {
    const path = shards.get(name)!;
    const known = tensors.get(path);
    if (known === undefined) tensors.set(path, [name]);
    else known.push(name);
  }
  return tensors;
}
