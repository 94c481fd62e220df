/**
 * Tokenscape for Node: see a language model's token embeddings. `openModel`, then every step of the road
 * by itself, or all of it with `runNotebook`.
 *
 * @module
 */
export * from "./anywhere.ts";
export { type OpenModelOptions, openModel } from "./model/node/open.ts";
