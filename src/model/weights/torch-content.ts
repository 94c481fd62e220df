import type { ByteSource } from "../bytes/source.ts";
import type { FileOptions } from "../files.ts";
import type { PickleValue } from "./pickle-values.ts";
import type { TorchStorage } from "./torch-pickle.ts";

/** What a checkpoint holds, whatever its container. */
export interface TorchContent {
  readonly root: PickleValue;
  /** Where the pickle lies, for errors: offset in bytes. */
  readonly start: number;
  readonly littleEndian: boolean;
  /** Checks that a storage is there in its full length, as far as the container's list says. */
  check(storage: TorchStorage): void;
  /** The storage's bytes as a source of their own. */
  open(storage: TorchStorage, options?: FileOptions): Promise<ByteSource>;
}

/** Longest pickle that is read, in bytes: the largest known describe 100,000 tensors in 20 MB. */
export const LONGEST_PICKLE: number = 1 << 26;
