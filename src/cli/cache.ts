import { rm } from "node:fs/promises";
import {
  type CachedModel,
  findDamage,
  findWaste,
  ownModels,
  removeModel,
  sharedModels,
  type Waste,
} from "../model/node/cache-contents.ts";
import { hubSettings } from "../model/node/hub-environment.ts";
import { terminalSafe } from "../report/terminal.ts";
import { plural } from "../text/numbers.ts";
import { sizeText } from "../text/sizes.ts";
import { version } from "../version.ts";
import type { CommandRun } from "./command-run.ts";
import { CommandError, UsageError } from "./errors.ts";
import type { CacheFlags } from "./flags.ts";
import { jsonText, type Screen } from "./screen.ts";

export type CacheAction = "ls" | "rm" | "prune" | "verify";

/** Both caches: where they are and what they hold. */
interface Caches {
  readonly own: { readonly folder: string; readonly models: readonly CachedModel[] };
  readonly shared: { readonly folder: string; readonly models: readonly CachedModel[] };
}

/** `tokenscape cache [ACTION] [MODEL...]`: shows and removes what was fetched and kept. */
export async function cacheCommand(
  action: CacheAction,
  models: readonly string[],
  flags: CacheFlags,
  { screen }: CommandRun,
): Promise<void> {
  checkUsage(action, models, flags);
  const { cacheDir, hubCache } = await hubSettings();
  const told = new Set<string>();
  const onUnread = (path: string, reason: string): void => {
    if (!told.has(path)) screen.warn(`${path} is passed over: ${reason}`);
    told.add(path);
  };
  const caches: Caches = {
    own: { folder: cacheDir, models: await ownModels(cacheDir, onUnread) },
    shared: { folder: hubCache, models: await sharedModels(hubCache, onUnread) },
  };
  if (action === "ls") return list(caches, flags, screen);
  const chosen = action === "prune" ? [] : choose(caches, models, flags);
  const waste =
    action === "rm"
      ? chosen.map(({ folder, bytes, name }) => ({ path: folder, bytes, reason: name, ours: true }))
      : action === "prune"
        ? await findWaste(caches.own.models, [cacheDir, hubCache], onUnread)
        : (await Promise.all(chosen.map((model) => findDamage(model, onUnread)))).flat();
  // another program's damaged files are told, and left to it
  const ours = waste.filter((one) => one.ours);
  if (!flags.dryRun) {
    if (action === "rm") await Promise.all(chosen.map(removeModel));
    else await Promise.all(ours.map(({ path }) => rm(path, { recursive: true, force: true })));
  }
  report(action, { waste, ours, checked: chosen, unread: told.size }, flags, screen);
}

function checkUsage(
  action: CacheAction,
  models: readonly string[],
  { all, shared, dryRun }: CacheFlags,
): void {
  const refuse = (what: string): never => {
    throw new UsageError(`cache ${action}: ${what}; see tokenscape cache --help`);
  };
  const takesModels = action === "rm" || action === "verify";
  if (!takesModels && models.length > 0) refuse(`expected no model, got '${models[0]}'`);
  if (!takesModels && shared) refuse("--shared is for rm and verify");
  if (action !== "rm" && all) refuse("--all is for rm");
  if (action === "ls" && dryRun) refuse("nothing is removed, so --dry-run is not for it");
  if (action !== "rm") return;
  if (all && models.length > 0) refuse("expected models or --all, got both");
  if (!all && models.length === 0) refuse("expected a MODEL, or --all");
}

/** The models named, or all, in the caches that the flags open. */
function choose(
  { own, shared }: Caches,
  names: readonly string[],
  flags: CacheFlags,
): readonly CachedModel[] {
  const open = flags.shared ? [...own.models, ...shared.models] : own.models;
  const missing = names.find((name) => !open.some((model) => model.name === name));
  if (missing !== undefined) {
    const elsewhere = shared.models.some(({ name }) => name === missing);
    const hint = elsewhere ? "only in that of huggingface_hub: --shared" : "tokenscape cache lists";
    throw new CommandError(
      elsewhere
        ? `${missing} is not in Tokenscape's own cache, ${hint} opens that too`
        : `${missing} is in no cache; ${hint} what is`,
    );
  }
  return names.length === 0 ? open : open.filter(({ name }) => names.includes(name));
}

function list({ own, shared }: Caches, { json }: CacheFlags, screen: Screen): void {
  if (json) {
    const part = ({ folder, models }: Caches["own"]) => ({
      folder,
      bytes: total(models),
      models: models.map(({ name, hub, bytes, files, modified }) => ({
        ...{ name, hub, bytes, files, modified },
      })),
    });
    screen.data(jsonText({ tokenscape: version, own: part(own), shared: part(shared) }));
    return;
  }
  section("Tokenscape's own cache", own, screen);
  screen.print("\n");
  section("The cache of huggingface_hub, which is Python's too", shared, screen);
}

function section(
  title: string,
  { folder, models }: Caches["own"],
  { print, colors }: Screen,
): void {
  const sum =
    models.length === 0
      ? "empty"
      : `${sizeText(total(models))} of ${plural(models.length, "model")}`;
  print(`${colors.bold(title)}: ${sum}\n  ${terminalSafe(folder)}\n`);
  const rows = models.map(({ name, hub, bytes, modified }) => {
    const where = hub === null || hub === "huggingface.co" ? "" : `, from ${terminalSafe(hub)}`;
    return [terminalSafe(name), sizeText(bytes), `last written ${modified}${where}`] as const;
  });
  const names = Math.max(0, ...rows.map(([name]) => name.length));
  const sizes = Math.max(0, ...rows.map(([, size]) => size.length));
  for (const [name, size, rest] of rows) {
    print(`    ${name.padEnd(names)}  ${size.padStart(sizes)}  ${rest}\n`);
  }
}

/** What an action found, what of it is ours to remove, and what it looked at. */
interface Found {
  readonly waste: readonly Waste[];
  readonly ours: readonly Waste[];
  readonly checked: readonly CachedModel[];
  /** Files and folders that were passed over. */
  readonly unread: number;
}

const CACHES: Readonly<Record<CachedModel["cache"], string>> = {
  own: "Tokenscape's own cache",
  shared: "the cache of huggingface_hub",
};

function report(
  action: CacheAction,
  { waste, ours, checked, unread }: Found,
  { dryRun = false, json, shared }: CacheFlags,
  screen: Screen,
): void {
  const removed = new Set(dryRun ? [] : ours);
  if (json) {
    const found = waste.map((one) => {
      const { path, bytes, reason } = one;
      return { path, bytes, reason, removed: removed.has(one) };
    });
    screen.data(jsonText({ tokenscape: version, action, found }));
    return;
  }
  for (const [i, one] of waste.entries()) {
    const done = removed.has(one) ? "removed" : dryRun ? "would remove" : "left to its owner";
    const model = action === "rm" ? checked[i] : undefined;
    const what =
      model === undefined
        ? `${one.path} (${one.reason})`
        : `${model.name} (${CACHES[model.cache]})`;
    screen.print(`${done}: ${terminalSafe(what)}, ${sizeText(one.bytes)}\n`);
  }
  if (action === "verify" && checked.length === 0) {
    const other = ` in ${CACHES.own} (--shared opens ${CACHES.shared} too)`;
    screen.print(`nothing to check${shared ? " in either cache" : other}\n`);
  } else if (action === "verify") {
    const all = unread === 0 ? "all is sound" : "all that could be read is sound";
    const sound = waste.length === 0 ? all : plural(waste.length, "damaged file");
    screen.print(`${plural(checked.length, "model")} checked: ${sound}\n`);
  } else if (waste.length === 0) screen.print("nothing to remove\n");
}

function total(models: readonly { readonly bytes: number }[]): number {
  return models.reduce((sum, { bytes }) => sum + bytes, 0);
}
