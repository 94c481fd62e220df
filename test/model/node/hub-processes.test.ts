/**
 * Real processes on one cache: killed at any instant, several at once, out of room.
 *
 * `npx vitest run test/model/node/hub-processes.test.ts --mode fuzz` kills 300 processes in place of 24.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import {
  chmod,
  lstat,
  mkdir,
  readdir,
  readFile,
  rm,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { hexDigest } from "../../../src/model/hub/content.ts";
import { leftovers, processMark } from "../../../src/model/node/atomic-file.ts";
import { bareEnvironment, ended, useProgram } from "../../cli/program.ts";
import { fakeGpt2, GPT2_COMMIT, smallFile } from "../hub/fake-files.ts";
import { type FakeHub, startFakeHub } from "../hub/fake-hub.ts";
import { tree } from "./hub-home.ts";
import { expectSound, readerScript, rowsDigest, unfinished } from "./hub-processes.ts";
import { expectScannable } from "./python-cache.ts";

const program = useProgram();
/** 18 MB: three slices, five pieces. */
const ROWS = 6000;
const LONG = process.env.MODE === "fuzz";
/** Processes that are really killed, while they work. */
const KILLS = LONG ? 300 : 24;
let hub: FakeHub;
let home: string;

beforeAll(async () => {
  hub = await startFakeHub({ models: [fakeGpt2()] });
});
afterAll(() => hub.close());
beforeEach(async () => {
  home = join(program.folder, "home");
  await rm(home, { recursive: true, force: true });
  await mkdir(home, { recursive: true });
});

function start(rows = `0:${ROWS}`, before: readonly string[] = []): ChildProcess {
  const script = readerScript(program, rows);
  const [command, ...args] = [...before, process.execPath, "--input-type=module", "-e", script];
  const env = { ...bareEnvironment(home), HF_HUB_OFFLINE: "0", HF_ENDPOINT: hub.url };
  return spawn(command!, args, { env, stdio: ["ignore", "pipe", "pipe"] });
}

const right = { code: 0, stdout: `${rowsDigest(0, ROWS)}\n`, stderr: "" };

describe("a process that is killed", () => {
  const title = `at any of ${KILLS} instants leaves no wrong byte, and the next one cleans up and goes on`;
  it(title, { timeout: KILLS * 5000 }, async () => {
    let kept = 0;
    let killed = 0;
    let orphans = 0;
    for (let kill = 0; killed < KILLS; kill++) {
      expect(kill).toBeLessThan(3 * KILLS);
      if (kill % 3 === 0) await rm(home, { recursive: true, force: true });
      await mkdir(home, { recursive: true });
      const isReached = await instant(kill);
      const child = start();
      const gone = once(child, "close");
      while (!(await isReached()) && child.exitCode === null) await sleep(1);
      await sleep((kill * 7) % 24);
      child.kill("SIGKILL");
      await gone;
      if (child.signalCode === "SIGKILL") killed++;
      await expectSound(home);
      if (kill % 3 < 2) continue;
      orphans += (await unfinished(home)).length;
      const before = hub.bytes.get("model.safetensors")!;
      expect(await ended(start())).toEqual(right);
      kept += ROWS * 3072 - (hub.bytes.get("model.safetensors")! - before);
      expect(await unfinished(home)).toEqual([]);
      await expectSound(home);
    }
    // what the killed ones had fetched was not fetched again
    expect(kept).toBeGreaterThan(0);
    if (LONG) {
      const mebibytes = Math.round(kept / 2 ** 20);
      console.log(`${killed} killed: ${orphans} leftovers removed, ${mebibytes} MiB gone on with`);
    }
  });

  it("leaves files that are removed once nobody writes them any more, and no others", async () => {
    const child = spawn(process.execPath, ["-e", ""]);
    await once(child, "close");
    const here = processMark();
    // in containers of one name, numbers of processes are others'
    const named = (await hexDigest("SHA-256", Buffer.from(hostname()))).slice(0, 8);
    if (process.platform === "linux") expect(here).not.toBe(named);
    const name = (host: string, pid: number) => `x.${host}-${pid}-0123abcd.incomplete`;
    const folder = join(home, ".cache/huggingface/hub/models--gpt2/blobs");
    const names = {
      dead: name(here, child.pid!),
      alive: name(here, process.pid),
      elsewhere: name("00000000", child.pid!),
      old: name("11111111", process.pid),
      python: `${"a".repeat(64)}.0123abcd.incomplete`,
    };
    await mkdir(folder, { recursive: true });
    for (const one of Object.values(names)) await writeFile(join(folder, one), "");
    await utimes(join(folder, names.old), 1, 1);
    await utimes(join(folder, names.python), 1, 1);
    expect((await leftovers(home)).sort()).toEqual(
      [names.dead, names.old].map((one) => join(folder, one)).sort(),
    );
    expect((await ended(start("0:10"))).code).toBe(0);
    const left = (await readdir(folder)).filter((one) => one.endsWith(".incomplete"));
    expect(left.sort()).toEqual([names.alive, names.elsewhere, names.python].sort());
  });
});

/**
 * By what a process has done, since a slow machine does little in a given time: of three on one cache
 * the first is at its first to tenth request, the second at its first to third of the weights, and of
 * the third a piece of the weights has come to lie in the cache.
 */
async function instant(kill: number): Promise<() => boolean | Promise<boolean>> {
  const asked = hub.requests.length;
  const weights = () =>
    hub.requests.slice(asked).filter(({ server }) => server === "storage").length;
  const nth = Math.floor(kill / 3);
  if (kill % 3 === 0) return () => hub.requests.length > asked + (nth % 10);
  if (kill % 3 === 1) return () => weights() > nth % 3;
  const before = await keptPieces();
  return async () => (await keptPieces()) > before;
}

/** How many pieces of rows lie in the cache; the first of the file is not one. */
async function keptPieces(): Promise<number> {
  const paths = await tree(join(home, ".cache/tokenscape")).catch(() => []);
  return paths.filter((path) => /[\\/][1-9]\d*-\d+\.[0-9a-f]{16}\.[0-9a-f]{64}$/.test(path)).length;
}

describe("several processes", () => {
  it("on one empty cache all get the right rows, and leave it sound", async () => {
    for (let round = 0; round < 3; round++) {
      await rm(join(home, ".cache"), { recursive: true, force: true });
      const ends = await Promise.all(Array.from({ length: 6 }, () => ended(start())));
      expect(ends).toEqual(Array(6).fill(right));
      await expectSound(home);
      expect(await unfinished(home)).toEqual([]);
    }
    const asked = hub.requests.length;
    expect(await ended(start())).toEqual(right);
    expect(hub.requests.length).toBe(asked);
  });
});

describe("a process that may make no links", () => {
  it("keeps a file in the snapshot alone, and tells a damaged one by its noted ETag", async () => {
    const root = join(home, "hub");
    const script = `
      import { writeFile } from "node:fs/promises";
      import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
      import { HubCache } from ${JSON.stringify(pathToFileURL(join(dirname(program.main), "../model/node/hub-cache.js")).href)};
      const cache = new HubCache(${JSON.stringify(root)}, "org/m");
      const commit = "a".repeat(40);
      const etag = ${JSON.stringify(smallFile("{}").etag)};
      const linked = await cache.keep(commit, "sub/config.json", etag, Buffer.from("{}"));
      const read = async () => (await cache.read(commit, "sub/config.json", etag))?.toString();
      const before = await read();
      await writeFile(join(cache.folder, "snapshots", commit, "sub/config.json"), "{");
      console.log(JSON.stringify([linked, before, (await read()) ?? "damaged"]));`;
    // Node's permission model makes no links where not all may be written
    const flags = ["--experimental-permission", "--allow-fs-read=*", `--allow-fs-write=${root}/*`];
    await mkdir(root);
    const args = [...flags, "--input-type=module", "-e", script];
    const env = { ...bareEnvironment(home), NODE_NO_WARNINGS: "1" };
    const child = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "pipe"] });
    const stdout = `${JSON.stringify([false, "{}", "damaged"])}\n`;
    expect(await ended(child)).toEqual({ code: 0, stdout, stderr: "" });
    const snapshot = `models--org--m/snapshots/${"a".repeat(40)}`;
    expect(await tree(root)).toEqual(["CACHEDIR.TAG", `${snapshot}/sub/config.json`]);
    await expectScannable(root);
  });

  it("notes the ETags of copies, and fetches a damaged one again", async () => {
    const flags = ["--experimental-permission", "--allow-fs-read=*", `--allow-fs-write=${home}/*`];
    const args = [...flags, "--input-type=module", "-e", readerScript(program, "0:10")];
    const env = { ...bareEnvironment(home), HF_HUB_OFFLINE: "0", HF_ENDPOINT: hub.url };
    const child = spawn(process.execPath, args, {
      env: { ...env, NODE_NO_WARNINGS: "1" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const ten = { code: 0, stdout: `${rowsDigest(0, 10)}\n`, stderr: "" };
    expect(await ended(child)).toEqual(ten);
    const model = join(home, ".cache/huggingface/hub/models--gpt2");
    const config = join(model, "snapshots", GPT2_COMMIT, "config.json");
    expect((await lstat(config)).isFile()).toBe(true);
    const right = await readFile(config, "utf8");
    await writeFile(config, right.replace("50257", "50256"));
    expect(await ended(start("0:10"))).toEqual(ten);
    expect(await readFile(config, "utf8")).toBe(right);
    await expectScannable(dirname(model));
  });
});

describe.skipIf(process.platform === "win32")("a disk", () => {
  it("that takes no more ends in the right rows, one warning, and nothing half written", async () => {
    // no file may grow beyond 4 KiB: a real refusal by the system, in the middle of a write
    const limit = ["bash", "-c", 'ulimit -f 4; exec "$0" "$@"'];
    const { code, stdout, stderr } = await ended(start(`0:${ROWS}`, limit));
    expect([code, stdout]).toEqual([0, right.stdout]);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(stderr).toMatch(
      /^what is fetched can't be kept in the cache of tokenscape: a file would be larger than is allowed \(XDG_CACHE_HOME/,
    );
    expect(await unfinished(home)).toEqual([]);
    await expectSound(home);
  });

  it.each([
    ["a link that leads nowhere", "XDG_CACHE_HOME", 2],
    ["/proc", "XDG_CACHE_HOME", 2],
    ["/proc", "HF_HOME", 1],
  ])(
    "that takes no folder in %s (%s) ends in the right rows, one warning for each cache",
    async (place, variable, warnings) => {
      const inProc = place === "/proc" && existsSync("/proc/self");
      const link = join(home, "link");
      await symlink(join(home, "gone"), link);
      const folder = inProc ? "/proc/nope" : join(link, "nope");
      const { code, stdout, stderr } = await ended(start("0:10", ["env", `${variable}=${folder}`]));
      expect([code, stdout]).toEqual([0, `${rowsDigest(0, 10)}\n`]);
      expect(stderr.trim().split("\n")).toHaveLength(warnings);
      expect(stderr).toMatch(
        /^(what|not all that) is fetched can('t)? be kept in the cache of huggingface_hub/,
      );
      expect(stderr).toContain(inProc ? "/proc/nope" : link);
    },
  );

  it.runIf(canMount())("that is full, a small one of its own, does the same", async () => {
    const cache = join(home, ".cache");
    await mkdir(cache);
    // the disk is gone with the process, so that what lies on it is counted before
    const inside =
      'mount -t tmpfs -o size=256k tokenscape "$0" && "$@"; code=$?; find "$0" -name "*.incomplete" >&2; exit $code';
    const { code, stdout, stderr } = await ended(
      start(`0:${ROWS}`, ["unshare", "-rm", "sh", "-c", inside, cache]),
    );
    expect([code, stdout]).toEqual([0, right.stdout]);
    expect(stderr).toMatch(
      /^what is fetched can't be kept in the cache of tokenscape: no space left on the disk [^\n]*\n$/,
    );
  });

  it("that can only be read ends in the right rows, and two warnings", async () => {
    const cache = join(home, ".cache");
    await mkdir(cache);
    // root may write wherever it likes, but not below a file
    if (process.getuid?.() === 0)
      for (const one of ["huggingface", "tokenscape"]) await writeFile(join(cache, one), "");
    else await chmod(cache, 0o555);
    const { code, stdout, stderr } = await ended(start());
    await chmod(cache, 0o755);
    expect([code, stdout]).toEqual([0, right.stdout]);
    expect(stderr.trim().split("\n")).toHaveLength(2);
  });
});

/** True where a process may have a disk of its own: Linux with namespaces for users. */
function canMount(): boolean {
  const probe = ["-rm", "sh", "-c", "mount -t tmpfs -o size=64k tokenscape /mnt"];
  return spawnSync("unshare", probe, { stdio: "ignore" }).status === 0;
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
