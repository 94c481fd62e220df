import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { isAbsolute, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Environment, hubSettings } from "../../../src/model/node/hub-environment.ts";

let HOME: string;

beforeEach(async () => {
  HOME = await mkdtemp(join(tmpdir(), "tokenscape-home-"));
});

afterEach(() => rm(HOME, { recursive: true, force: true }));

const settings = (env: Environment = {}) => hubSettings({ env: { HOME, ...env } });

describe("hubSettings", () => {
  it.each([
    [{ TRANSFORMERS_OFFLINE: "1" }, "TRANSFORMERS_OFFLINE"],
    [{ HF_HUB_OFFLINE: "0", TRANSFORMERS_OFFLINE: "1" }, undefined],
    [{ HF_HUB_OFFLINE: "", TRANSFORMERS_OFFLINE: "yes" }, "TRANSFORMERS_OFFLINE"],
  ])("%j: offline as in Python", async (env, offline) => {
    expect((await settings(env)).offline).toBe(offline);
  });

  it("knows where things lie without any variable", async () => {
    expect(await settings()).toEqual({
      endpoint: undefined,
      token: undefined,
      tokenFrom: undefined,
      offline: undefined,
      idle: undefined,
      hubCache: join(HOME, ".cache/huggingface/hub"),
      cacheDir: join(HOME, ".cache/tokenscape"),
    });
  });

  it.each([
    [{ XDG_CACHE_HOME: "/xdg" }, "/xdg/huggingface/hub"],
    [{ XDG_CACHE_HOME: "/xdg", HF_HOME: "/hf" }, "/hf/hub"],
    [{ HF_HOME: "/hf", HUGGINGFACE_HUB_CACHE: "/old" }, "/old"],
    [{ HF_HOME: "/hf", HUGGINGFACE_HUB_CACHE: "/old", HF_HUB_CACHE: "/new" }, "/new"],
    [{ HF_HUB_CACHE: "", HF_HOME: "/hf" }, "/hf/hub"],
  ])("finds Python's cache by %j", async (env, hubCache) => {
    expect((await settings(env)).hubCache).toBe(hubCache);
  });

  it("finds home as Python does, on Windows by USERPROFILE first", async () => {
    const env = { HOME, USERPROFILE: "/profile" };
    const caches = await Promise.all(
      ["linux", "darwin", "win32"].map((platform) => hubSettings({ env, platform })),
    );
    expect(caches.map(({ cacheDir }) => cacheDir)).toEqual(
      [HOME, HOME, "/profile"].map((home) => join(home, ".cache/tokenscape")),
    );
  });

  it("takes an empty HOME for none, and never a path in the current folder", async () => {
    const { HOME: before } = process.env;
    try {
      process.env.HOME = "";
      const { hubCache, cacheDir } = await hubSettings({ env: { HOME: "", XDG_CACHE_HOME: "" } });
      const home = userInfo().homedir;
      expect(hubCache).toBe(join(home, ".cache/huggingface/hub"));
      expect(cacheDir).toBe(join(home, ".cache/tokenscape"));
      expect([hubCache, cacheDir].every(isAbsolute)).toBe(true);
    } finally {
      if (before === undefined) delete process.env.HOME;
      else process.env.HOME = before;
    }
  });

  it("opens ~ and keeps our own cache beside Python's", async () => {
    const { hubCache, cacheDir } = await settings({ HF_HOME: "~/hf", XDG_CACHE_HOME: "/xdg" });
    expect([hubCache, cacheDir]).toEqual([join(HOME, "hf/hub"), "/xdg/tokenscape"]);
    expect((await hubSettings({ env: { HOME }, cacheDir: "/own" })).cacheDir).toBe("/own");
  });

  it.each([
    ["$DATA/hf", "/data/hf"],
    [`\${DATA}x/hf`, "/datax/hf"],
    ["$NOT_SET/hf", "$NOT_SET/hf"],
    [`/a$/\${}/$constructor`, `/a$/\${}/$constructor`],
    ["$EMPTY/hf", "/hf"],
    ["/~/~x", "/~/~x"],
  ])("expands variables in HF_HOME=%s as Python does", async (HF_HOME, expected) => {
    const env = { HF_HOME, DATA: "/data", EMPTY: "" };
    expect((await settings(env)).hubCache).toBe(join(expected, "hub"));
    const { hubCache } = await settings({ ...env, HF_HUB_CACHE: `~/${HF_HOME}` });
    expect(hubCache).toBe(`${HOME}/${expected}`);
  });

  it.each([
    ["30", 30_000],
    ["0", undefined],
    ["", undefined],
    ["soon", undefined],
  ])("waits as long as HF_HUB_DOWNLOAD_TIMEOUT=%j says", async (value, idle) => {
    expect((await settings({ HF_HUB_DOWNLOAD_TIMEOUT: value })).idle).toBe(idle);
  });

  it("takes the token from the option, HF_TOKEN, HF_TOKEN_PATH, HF_HOME, in this order", async () => {
    await mkdir(join(HOME, "hf"));
    await writeFile(join(HOME, "hf/token"), "from-home\n");
    const env: Record<string, string> = { HOME, HF_HOME: join(HOME, "hf") };
    const found = async () => (await hubSettings({ env })).token;
    expect(await found()).toBe("from-home");
    await writeFile(join(HOME, "elsewhere"), "  from-path  ");
    env.HF_TOKEN_PATH = join(HOME, "elsewhere");
    expect((await hubSettings({ env })).tokenFrom).toBe(join(HOME, "elsewhere"));
    expect(await found()).toBe("from-path");
    env.HUGGING_FACE_HUB_TOKEN = "from-old-name";
    expect((await hubSettings({ env })).tokenFrom).toBe("HUGGING_FACE_HUB_TOKEN");
    expect(await found()).toBe("from-old-name");
    env.HF_TOKEN = " from-variable\n";
    expect(await found()).toBe("from-variable");
    expect((await hubSettings({ env, token: "given" })).token).toBe("given");
  });

  it("takes no token but the option's with HF_HUB_DISABLE_IMPLICIT_TOKEN", async () => {
    await writeFile(join(HOME, "file"), "from-path");
    const sources = {
      HF_TOKEN: "a",
      HUGGING_FACE_HUB_TOKEN: "b",
      HF_TOKEN_PATH: join(HOME, "file"),
    };
    const env = { HOME, ...sources, HF_HUB_DISABLE_IMPLICIT_TOKEN: "1" };
    const none = await hubSettings({ env });
    expect([none.token, none.tokenFrom]).toEqual([undefined, undefined]);
    expect((await hubSettings({ env, token: "given" })).token).toBe("given");
    const off = await hubSettings({ env: { ...env, HF_HUB_DISABLE_IMPLICIT_TOKEN: "0" } });
    expect(off.token).toBe("a");
  });

  it.each(["1", "on", "ON", "Yes", "true"])("is offline by HF_HUB_OFFLINE=%s", async (value) => {
    expect((await settings({ HF_HUB_OFFLINE: value })).offline).toBe("HF_HUB_OFFLINE");
  });

  it.each(["", "0", "off", "no", "false"])("is online by HF_HUB_OFFLINE=%j", async (value) => {
    expect((await settings({ HF_HUB_OFFLINE: value })).offline).toBeUndefined();
  });

  it("lets the option offline come first", async () => {
    const env = { HOME, HF_HUB_OFFLINE: "1" };
    expect((await hubSettings({ env, offline: true })).offline).toBe("--offline (option offline)");
  });
});
