/** What the page of the browser tests offers to them. */
import * as library from "../../src/browser.ts";
import * as math from "../../src/math.ts";

declare global {
  var tokenscape: typeof library;
  var tokenscapeMath: typeof math;
}

globalThis.tokenscape = library;
globalThis.tokenscapeMath = math;
