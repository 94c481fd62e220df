/**
 * Tokenscape for browsers: as in Node, but models come from the hub over fetch, or as files that the page
 * hands over.
 *
 * @module
 */
export * from "./anywhere.ts";
export { type OpenModelOptions, openModel } from "./model/open-fetched.ts";
