import { ensureChromium } from "./browser/chromium.ts";

/** Runs once, before all tests. */
export function setup(): void {
  ensureChromium();
}
