import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach } from "vitest";
import type { ModelFiles } from "../../../src/model/files.ts";
import { type HubFilesOptions, hubFiles } from "../../../src/model/node/hub-files.ts";
import { openFiles } from "../../../src/model/open-files.ts";
import { fakeGpt2, largeFile, smallFile } from "../hub/fake-files.ts";
import { type FakeHub, type FakeModel, startFakeHub } from "../hub/fake-hub.ts";
import { writeSafetensors } from "../weights/write-safetensors.ts";

/** What a granted user of `gpt2` sends. */
export const TOKEN = "hf_canary";
/** The commits of `org/small`. */
export const COMMIT: string = "a".repeat(40);
export const NEXT: string = "b".repeat(40);

/** What a run gives. */
export type HubRun = Pick<ModelFiles, "name" | "revision" | "fetched"> & { data: Float32Array };

/** A hub with `gpt2` and `org/small`, and a home folder that is empty before each test. */
export class HubHome {
  hub!: FakeHub;
  home!: string;
  small!: FakeModel;
  /** What the hub has; more may be added. */
  models!: FakeModel[];
  warnings: string[] = [];

  constructor() {
    beforeEach(async () => {
      this.home = await mkdtemp(join(tmpdir(), "tokenscape-hub-"));
      this.small = smallModel();
      this.models = [fakeGpt2({ granted: [TOKEN] }), this.small];
      this.hub = await startFakeHub({ models: this.models });
      this.warnings = [];
    });
    afterEach(async () => {
      await this.hub.close();
      await rm(this.home, { recursive: true, force: true });
    });
  }

  readonly open = (id: string, options: HubFilesOptions = {}): Promise<ModelFiles> =>
    hubFiles(id, {
      env: { HOME: this.home, HF_ENDPOINT: this.hub.url, ...options.env },
      onWarning: (message) => this.warnings.push(message),
      patience: { waits: [] },
      ...options,
    });

  /** Everything of a model that a run reads. */
  readonly run = async (id: string, options: HubFilesOptions = {}): Promise<HubRun> => {
    const model = await openFiles(await this.open(id, options));
    const X = await model.rows({ rows: "0:100" });
    return { name: model.name, revision: model.revision, fetched: model.fetched, data: X.data };
  };

  /** A path in the cache of Python's huggingface_hub. */
  readonly python = (...parts: string[]): string =>
    join(this.home, ".cache/huggingface/hub", ...parts);

  /** A path in our own cache. */
  readonly own = (...parts: string[]): string =>
    join(
      ...[this.home, ".cache/tokenscape/hub", encodeURIComponent(new URL(this.hub.url).host)],
      ...parts,
    );
}

/** A model of a few rows, with two commits. */
function smallModel(): FakeModel {
  const files = (scale: number) =>
    new Map([
      ["config.json", smallFile(`{"scale":${scale}}`)],
      ["tokenizer.json", largeFile(`{"big":${scale}}`)],
      ["sub/folder/notes.txt", smallFile("notes")],
      ["model.safetensors", largeFile(smallWeights(scale))],
    ]);
  return {
    id: "org/small",
    revisions: new Map([
      ["main", COMMIT],
      ["v1", COMMIT],
    ]),
    commits: new Map([
      [COMMIT, files(1)],
      [NEXT, files(2)],
    ]),
  };
}

/** The weights of `org/small` at its first commit, and at its second with scale 2. */
export function smallWeights(scale: number): Uint8Array {
  const data = Float32Array.from({ length: 40_000 }, (_, i) => i * scale);
  return writeSafetensors({ "wte.weight": { shape: [10_000, 4], data } });
}

/** A file that is there, as text. */
export async function read(
  files: { read(path: string): Promise<Uint8Array | undefined> },
  path: string,
): Promise<string> {
  return Buffer.from((await files.read(path))!).toString();
}

/** All files and links below a folder, by their paths in it. */
export async function tree(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}
