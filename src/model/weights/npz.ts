import { FormatError, UnsupportedError } from "../../errors.ts";
import { quoted } from "../bytes/display.ts";
import { faultAt } from "../bytes/fault.ts";
import type { ByteSource } from "../bytes/source.ts";
import { readZip, type ZipEntry } from "../bytes/zip.ts";
import { openEntry } from "../bytes/zip-entry.ts";
import type { FileOptions } from "../files.ts";
import type { TensorInfo } from "../model.ts";
import { type NpyArray, npyMatrix, readNpyArray } from "./npy.ts";
import { matrixOf, type WeightPart } from "./weight-part.ts";

/** Most arrays whose headers are read; whole models saved so have hundreds. */
const MAX_ARRAYS = 10_000;

/**
 * A `.npz` file (`numpy.savez` or `savez_compressed`) as a part: the header of each of its arrays is
 * read. Rows of an array that is not compressed are read alone; a compressed one is unpacked up to the
 * rows.
 *
 * @param file What the file is called in errors; faults of an array are told with where its entry begins.
 * @throws {FormatError} if the archive or an array's header is broken.
 */
export async function npzPart(
  source: ByteSource,
  file: string,
  options: FileOptions = {},
): Promise<WeightPart> {
  const entries = [...(await readZip(source, file, options)).values()].filter(({ name }) =>
    name.endsWith(".npy"),
  );
  if (entries.length === 0) throw faultAt(file, 0, "the archive holds no arrays (.npy)");
  if (entries.length > MAX_ARRAYS) {
    throw faultAt(
      file,
      0,
      `the archive holds ${entries.length} arrays, at most ${MAX_ARRAYS} are read`,
    );
  }
  const arrays = new Map<string, NpyArray & { entry: ZipEntry }>();
  for (const entry of entries) {
    const array = await within(file, entry, async () => {
      const content = await openEntry(source, entry, file, options);
      return readNpyArray(content, quoted(entry.name), options);
    });
    arrays.set(entry.name.slice(0, -".npy".length), { ...array, entry });
  }
  const infos = [...arrays].map(([name, { dtype, shape }]) => ({ name, dtype, shape }));
  return {
    tensors: new Map(infos.map((info) => [info.name, info])),
    matrix: async (name) => {
      const array = arrays.get(name)!;
      const stored = await within(file, array.entry, async () => npyMatrix(array));
      return { ...stored, ...matrixOf({ name, ...stored }, file) };
    },
  };
}

/** Runs a reading of one array, whose faults are then faults of the archive. */
async function within<T>(file: string, entry: ZipEntry, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof FormatError && error.file !== file) {
      throw faultAt(file, entry.start, error.message);
    }
    if (error instanceof UnsupportedError) {
      throw new UnsupportedError(`${file}: ${error.message}`, error);
    }
    throw error;
  }
}

/** The one array that rows can be read from; undefined if there are none or several. */
export function onlyMatrix(tensors: Iterable<TensorInfo>): TensorInfo | undefined {
  const fitting = [...tensors].filter(
    ({ dtype, shape }) => shape.length === 2 && /^F(16|32|64)$/.test(dtype),
  );
  return fitting.length === 1 ? fitting[0] : undefined;
}
