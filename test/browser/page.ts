/** What the page of the browser tests offers to them. */
import * as library from "../../src/browser.ts";
import * as math from "../../src/math.ts";
import { type Facts, memoryFiles, modelFacts } from "./model-facts.ts";
import { type Hashes, roadHashes } from "./road.ts";

declare global {
  var tokenscape: typeof library;
  var tokenscapeMath: typeof math;
  /** The sample, read from the page's server. */
  var openSample: () => Promise<library.Model>;
  var hashRoad: (threads: number) => Promise<Hashes>;
  /** All that is read of a model. */
  var factsOf: (files: library.ModelFiles) => Promise<Facts>;
  /** Reads the model that was put into an `<input type="file">`, as files, and again from memory. */
  var readChosen: (
    input: HTMLInputElement,
    name: string,
    options: library.OpenFilesOptions,
  ) => Promise<{ chosen: Facts; memory: Facts }>;
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

globalThis.readChosen = async (input, name, options) => {
  const files = [...input.files!];
  const contents = await Promise.all(
    files.map(async (file) => {
      const path = file.webkitRelativePath.split("/").slice(1).join("/") || file.name;
      return [path, new Uint8Array(await file.arrayBuffer())] as const;
    }),
  );
  return {
    chosen: await modelFacts(library, library.chosenFiles(files, name), options),
    memory: await modelFacts(library, memoryFiles(library, name, new Map(contents)), options),
  };
};

globalThis.factsOf = (files) => modelFacts(library, files);
