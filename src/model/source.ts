/** Bytes that can be read in pieces: a file, a buffer, a resource behind HTTP. */
export interface ByteSource {
  /** Length of the whole in bytes. */
  readonly byteLength: number;
  /**
   * The bytes [start, end), exactly `end - start` of them; rejects if the source has fewer.
   * The buffer belongs to the caller.
   */
  slice(
    start: number,
    end: number,
    options?: { signal?: AbortSignal | undefined },
  ): Promise<Uint8Array>;
}
