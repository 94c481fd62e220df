/** What the page of the browser tests offers to them. */
import * as library from "../../src/browser.ts";
import * as math from "../../src/math.ts";
import { type Hashes, roadHashes } from "./road.ts";

declare global {
  var tokenscape: typeof library;
  var tokenscapeMath: typeof math;
  /** The sample, read from the page's server. */
  var openSample: () => Promise<library.Model>;
  var hashRoad: (threads: number) => Promise<Hashes>;
}

globalThis.tokenscape = library;
globalThis.tokenscapeMath = math;

globalThis.openSample = () => {
  const read = async (path: string) => {
    const response = await fetch(`/${path}`);
    return response.ok ? new Uint8Array(await response.arrayBuffer()) : undefined;
  };
  return library.openModel({
    name: "sample",
    revision: null,
    fetched: null,
    read,
    open: async (path) => {
      const bytes = await read(path);
      return bytes && library.bufferSource(bytes, path);
    },
  });
};

globalThis.hashRoad = async (threads) =>
  roadHashes(library, await globalThis.openSample(), threads);
