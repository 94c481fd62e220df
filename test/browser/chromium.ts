/** The Chromium that browser tests drive: one that is there, or one fetched for them. */
import { execFileSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";
import { type Browser, chromium } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
const MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";

/** Without the first, root can't start it; the others keep it from looking for its maker's servers. */
const ARGUMENTS = [
  "--no-sandbox",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** `TOKENSCAPE_CHROMIUM`, else a Chromium or Chrome on the PATH, else Playwright's own; undefined if there is none. */
export function findChromium(): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const candidates = [
    process.env.TOKENSCAPE_CHROMIUM ?? "",
    ...NAMES.flatMap((name) => folders.map((folder) => join(folder, name))),
    MAC,
    chromium.executablePath(),
  ];
  return candidates.find((path) => path !== "" && isExecutable(path));
}

/** @param more Arguments for Chromium. */
export function launchChromium(more: readonly string[] = []): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error("no Chromium: run the tests by npm test");
  return chromium.launch({ executablePath, args: [...ARGUMENTS, ...more] });
}

/** Fetches a Chromium where there is none: Debian's package for root, else Playwright's download. */
export function ensureChromium(): void {
  if (findChromium() !== undefined) return;
  if (process.getuid?.() === 0 && isExecutable("/usr/bin/apt-get")) {
    console.info("no Chromium found: installing Debian's package chromium");
    run("apt-get", ["update", "--quiet=2"]);
    run("apt-get", ["install", "--yes", "--quiet=2", "--no-install-recommends", "chromium"]);
  } else {
    console.info("no Chromium found: downloading Playwright's into its cache");
    const cli = join(dirname(createRequire(import.meta.url).resolve("playwright-core")), "cli.js");
    run(process.execPath, [cli, "install", "chromium"]);
  }
  if (findChromium() === undefined) {
    throw new Error(
      "the browser tests need a Chromium: install one, or name one in TOKENSCAPE_CHROMIUM",
    );
  }
}

function run(command: string, args: string[]): void {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  execFileSync(command, args, { stdio: "inherit", env });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
