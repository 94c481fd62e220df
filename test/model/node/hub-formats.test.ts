/** Every format on the hub: which file is taken, and what it costs in requests and bytes. */
import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Model } from "../../../src/model/model.ts";
import type { HubFilesOptions } from "../../../src/model/node/hub-files.ts";
import { openModel } from "../../../src/model/node/open.ts";
import { openModel as openFetched } from "../../../src/model/open-fetched.ts";
import { type OpenFilesOptions, openFiles } from "../../../src/model/open-files.ts";
import { writeNpy } from "../../../src/model/weights/npy.ts";
import { writeZip } from "../bytes/write-zip.ts";
import { hubError } from "../hub/error.ts";
import { type FakeFile, largeFile, smallFile } from "../hub/fake-files.ts";
import * as w from "../weights/write-gguf.ts";
import { writePickle } from "../weights/write-pickle.ts";
import { writeSafetensors } from "../weights/write-safetensors.ts";
import { HubHome } from "./hub-home.ts";

const at = new HubHome();
const COMMIT = "c".repeat(40);
const [ROWS, COLS] = [20_000, 32] as const;
/** Bytes of a row in float32. */
const ROW = COLS * 4;
const values = Float32Array.from({ length: ROWS * COLS }, (_, i) => i);

function addModel(id: string, files: Readonly<Record<string, FakeFile>>): void {
  at.models.push({
    id,
    revisions: new Map([["main", COMMIT]]),
    commits: new Map([[COMMIT, new Map(Object.entries(files))]]),
  });
}

const open = async (
  id: string,
  options: HubFilesOptions & OpenFilesOptions = {},
): Promise<Model> => {
  const { matrix, tensor, everyHeader, labels, weights, ...hub } = options;
  const files = await at.open(id, { ...hub, weights });
  return openFiles(files, { matrix, tensor, everyHeader, labels, weights });
};

/** The ranges that the storage sent since the last call. */
function sent(): string[] {
  const asked = at.hub.requests.filter(({ server }) => server === "storage");
  at.hub.requests.length = 0;
  return asked.map(({ range }) => range?.replace("bytes=", "") ?? "all");
}

/** A vocabulary of 2 MB in the header, as large models have. */
const tokens = Array.from({ length: ROWS }, (_, i) => `Ġtoken-number-${i}-${"x".repeat(60)}`);
const vocabulary = w.vocabulary("gpt2", tokens);
const gguf = (): Uint8Array =>
  w.writeGguf({
    metadata: [["general.architecture", w.text("llama")], ...vocabulary],
    tensors: [
      ["token_embd.weight", w.floats([ROWS, COLS], values)],
      ["blk.0.ffn.weight", w.floats([ROWS, COLS], values)],
    ],
  });

describe("a GGUF file on the hub", () => {
  it("is read forward to the end of its header, then by the rows; a second run asks for nothing", async () => {
    const bytes = gguf();
    addModel("org/GGUF", { "x.Q8_0.gguf": largeFile(bytes), "README.md": smallFile("#") });
    const model = await open("org/GGUF");
    expect(model).toMatchObject({ weights: "x.Q8_0.gguf", shape: [ROWS, COLS] });
    expect(model.vocabulary.source).toBe("org/GGUF/x.Q8_0.gguf");
    const dataStart = bytes.length - 2 * ROWS * ROW;
    expect(dataStart).toBeGreaterThan(1_500_000);
    // to learn the file's length; then pieces of 512 KiB, 1 MiB, 2 MiB, until the header ends
    const pieces = ["0-32767", "32768-524287", "524288-1572863", "1572864-3670015"];
    expect(sent()).toEqual(pieces);
    const X = await model.rows({ rows: "15000:15100" });
    expect(X.data[1]).toBe(15_000 * COLS + 1);
    const first = dataStart + 15_000 * ROW;
    expect(sent()).toEqual([`${first}-${first + 100 * ROW - 1}`]);

    await at.hub.close();
    const again = await open("org/GGUF");
    expect((await again.rows({ rows: "15000:15100" })).data).toEqual(X.data);
    expect(again.vocabulary.token(7).text).toBe(tokens[7]!.replace("Ġ", " "));
    expect((await open("org/GGUF", { offline: true })).tensors).toHaveLength(2);
    expect(at.warnings).toEqual([]);
  });

  it("of several is named, and no other is touched", async () => {
    addModel("org/many", {
      "Q4/x.gguf": largeFile(gguf()),
      "x.Q8_0.gguf": largeFile(gguf()),
      "y.gguf": largeFile("never asked for"),
    });
    await expect(open("org/many")).rejects.toThrow(
      'org/many: there are several files of weights; name one with --weights (option weights): "x.Q8_0.gguf", "y.gguf", "Q4/x.gguf"',
    );
    expect(sent()).toEqual([]);
    const model = await open("org/many", { weights: "Q4/x.gguf" });
    expect(model).toMatchObject({ name: "org/many", weights: "Q4/x.gguf", shape: [ROWS, COLS] });
    expect([...at.hub.bytes.keys()]).toEqual(["Q4/x.gguf"]);
    await expect(open("org/many", { weights: "Q2/x.gguf" })).rejects.toThrow(
      /no file "Q2\/x.gguf" \(as of \d{4}-\d\d-\d\d\); there are "Q4\/x.gguf", "x.Q8_0.gguf", "y.gguf"$/,
    );
  });

  it("in parts is read up to the part that holds the tensor, for info in all parts", async () => {
    const name = (part: number) => `Q8/x-0000${part}-of-00003.gguf`;
    const split = [["split.count", w.u16(3)]] as const;
    const part = (tensor: string) =>
      largeFile(
        w.writeGguf({ metadata: split, tensors: [[tensor, w.floats([ROWS, COLS], values)]] }),
      );
    addModel("org/split", {
      [name(1)]: largeFile(w.writeGguf({ metadata: [...split, ...vocabulary] })),
      [name(2)]: part("token_embd.weight"),
      [name(3)]: part("blk.0.ffn.weight"),
    });
    const weights = name(1);
    const model = await open("org/split", { weights });
    expect(model.vocabulary.token(3).text).toBe(tokens[3]!.replace("Ġ", " "));
    expect(model.matrices).toMatchObject({ tied: null });
    await model.rows({ rows: [10_000] });
    expect(at.hub.bytes.get(name(2))).toBeLessThan(600_000);
    expect(at.hub.bytes.has(name(3))).toBe(false);
    const whole = await open("org/split", { weights, everyHeader: true });
    expect(whole.tensors.map((tensor) => tensor.name)).toEqual([
      "token_embd.weight",
      "blk.0.ffn.weight",
    ]);
    expect(whole.matrices).toMatchObject({ tied: true });
  });
});

describe("arrays and checkpoints on the hub", () => {
  it("a .npy costs its header and the rows", async () => {
    addModel("org/npy", {
      "vectors.npy": largeFile(writeNpy({ data: values, shape: [ROWS, COLS] })),
    });
    const model = await open("org/npy");
    const X = await model.rows({ rows: "10000:10100" });
    expect(X.data[0]).toBe(10_000 * COLS);
    const first = 128 + 10_000 * ROW;
    expect(sent()).toEqual(["0-32767", `${first}-${first + 100 * ROW - 1}`]);
    expect(model.notes).toEqual([
      "weights: vectors.npy, the only file here that could hold them",
      "rows show as #id; a file with their names can be given with --labels (option labels)",
    ]);
    await expect(open("org/npy", { matrix: "input" })).rejects.toThrow(RangeError);
  });

  it.each([false, true])(
    "a .npz costs its directory, headers and rows (compressed: %s)",
    async (deflate) => {
      const npy = (data: Float32Array, rows: number) => writeNpy({ data, shape: [rows, COLS] });
      const archive = writeZip([
        { name: "other.npy", data: npy(values.subarray(0, 10 * COLS), 10), deflate },
        { name: "wte.weight.npy", data: npy(values, ROWS), deflate },
        { name: "last.npy", data: npy(values, ROWS), deflate },
      ]);
      addModel("org/npz", { "m.npz": largeFile(archive), "labels.txt": smallFile("x") });
      const model = await open("org/npz", { tensor: "wte.weight" });
      expect(model.tensors.map(({ name }) => name)).toEqual(["other", "wte.weight", "last"]);
      // the beginning, the directory at the end, two for the last array; of a compressed one a piece more
      expect(sent()).toHaveLength(deflate ? 5 : 4);
      const opened = at.hub.bytes.get("m.npz")!;
      expect(opened).toBeLessThan(deflate ? 600_000 : 100_000);
      const X = await model.rows({ rows: "100:200" });
      expect(X.data[0]).toBe(100 * COLS);
      const ranges = sent();
      expect(ranges.length).toBeLessThanOrEqual(1);
      if (!deflate) expect(at.hub.bytes.get("m.npz")! - opened).toBeLessThanOrEqual(100 * ROW);
      at.hub.requests.length = 0;
      expect(
        (await (await open("org/npz", { tensor: "wte.weight" })).rows({ rows: "100:200" })).data,
      ).toEqual(X.data);
      expect(at.hub.requests).toEqual([]);
    },
  );

  it("a .pt by its name costs pickle, directory and rows", async () => {
    const tensor = {
      name: "torch._utils _rebuild_tensor_v2",
      args: [
        { persistent: ["storage", { name: "torch FloatStorage" }, "0", "cpu", ROWS * COLS] },
        ...[0, [ROWS, COLS], [COLS, 1], false, { name: "collections OrderedDict", args: [] }],
      ],
    };
    const checkpoint = writeZip([
      { name: "m/data.pkl", data: writePickle({ dict: [["wte.weight", tensor]] }) },
      { name: "m/data/0", data: new Uint8Array(values.buffer), padding: 50 },
    ]);
    addModel("org/pt", { "a.pt": largeFile(checkpoint), "b.pt": largeFile("not asked for") });
    const model = await open("org/pt", { weights: "a.pt" });
    expect(sent()).toHaveLength(2);
    expect((await model.rows({ rows: [10_000] })).data[0]).toBe(10_000 * COLS);
    expect(sent()).toHaveLength(1);
    expect(at.hub.bytes.get("a.pt")).toBeLessThan(140_000);
  });

  it("the same in a browser, where nothing is kept", async () => {
    addModel("org/GGUF", { "q/x.gguf": largeFile(gguf()), "y.npy": largeFile("not asked for") });
    const model = await openFetched("org/GGUF", { endpoint: at.hub.url, weights: "q/x.gguf" });
    expect((await model.rows({ rows: [5] })).data[0]).toBe(5 * COLS);
    expect(model.weights).toBe("q/x.gguf");
  });
});

describe("the rule", () => {
  const safetensors = writeSafetensors({
    "wte.weight": { shape: [2, 2], data: values.subarray(0, 4) },
  });

  it.each([
    ["x.safetensors", "README.md"],
    ["model.safetensors", "x.safetensors"],
    ["x.safetensors", "y.gguf"],
    ["README.md", "sub/notes.txt"],
    ["tf_model.h5", "README.md"],
    ["text/x.safetensors", "README.md"],
    ["x.safetensors", "y.gguf", "text/x.safetensors"],
  ])("is the same for a folder as for the hub: %s, %s", async (...paths) => {
    const content = (path: string) => (path.endsWith("safetensors") ? safetensors : "text");
    addModel("org/rule", Object.fromEntries(paths.map((path) => [path, largeFile(content(path))])));
    for (const path of paths) {
      await mkdir(dirname(join(at.home, "rule", path)), { recursive: true });
      await writeFile(join(at.home, "rule", path), content(path));
    }
    const outcome = (opening: Promise<Model>) =>
      opening.then(
        ({ weights, tensor, notes }) => [weights, tensor, ...notes],
        (error: Error) => [error.name, error.message],
      );
    const said = (lines: readonly (string | null)[]) =>
      lines.map((line) => line?.replace("org/rule", "rule"));
    expect(said(await outcome(open("org/rule")))).toEqual(
      said(await outcome(openModel(join(at.home, "rule")))),
    );
  });

  it("asks again where a model had no weights yet", async () => {
    const files: Record<string, FakeFile> = { "README.md": smallFile("#") };
    addModel("org/young", files);
    await expect(open("org/young")).rejects.toThrow('found "README.md"');
    at.models.at(-1)!.commits.get(COMMIT)!.set("x.safetensors", largeFile(safetensors));
    expect((await open("org/young")).weights).toBe("x.safetensors");
  });

  it("does not let weights be named where there is one file", async () => {
    await writeFile(join(at.home, "x.safetensors"), safetensors);
    for (const source of ["sample", join(at.home, "x.safetensors")]) {
      await expect(openModel(source, { weights: "x.safetensors" })).rejects.toThrow(
        `weights: it names a file of a folder or of a model on the hub, and "${source}" is neither`,
      );
    }
    const folder = await openModel(at.home, { weights: "x.safetensors" });
    expect(folder).toMatchObject({ weights: "x.safetensors", shape: [2, 2] });
  });
});

describe("a model that Python fetched", () => {
  /** Puts files where huggingface_hub keeps those of a commit. */
  async function fetched(files: Readonly<Record<string, Uint8Array | string>>): Promise<void> {
    const folder = at.python("models--org--kept");
    await mkdir(join(folder, "refs"), { recursive: true });
    await writeFile(join(folder, "refs/main"), COMMIT);
    await mkdir(join(folder, "blobs"), { recursive: true });
    for (const [i, [path, content]] of Object.entries(files).entries()) {
      const pointer = join(folder, "snapshots", COMMIT, path);
      await writeFile(join(folder, "blobs", `${i}`), content);
      await mkdir(dirname(pointer), { recursive: true });
      await symlink(join(folder, "blobs", `${i}`), pointer);
    }
  }

  it("by one file of several is read from there if that file is named", async () => {
    await fetched({ "Q4/x.gguf": gguf() });
    addModel("org/kept", { "Q4/x.gguf": largeFile(gguf()), "y.gguf": largeFile("y") });
    for (const options of [{ offline: true }, {}, {}]) {
      const model = await open("org/kept", { weights: "Q4/x.gguf", ...options });
      expect((await model.rows({ rows: [9] })).data[0]).toBe(9 * COLS);
    }
    // the list of files, once
    expect(at.hub.requests).toHaveLength(1);
    expect(at.hub.bytes.size).toBe(0);
    at.hub.requests.length = 0;
    await rm(at.own(), { recursive: true });
    const gone = open("org/kept", { weights: "y.gguf", offline: true });
    expect((await hubError(gone)).message).toMatch(/^org\/kept: y.gguf is not in the cache/);
    expect(at.hub.requests).toEqual([]);
  });

  it("is asked of the hub if none is named: only it knows whether there are others", async () => {
    await fetched({ "x.gguf": gguf() });
    addModel("org/kept", { "x.gguf": largeFile(gguf()), "y.gguf": largeFile("y") });
    await expect(open("org/kept")).rejects.toThrow("there are several files of weights");
    expect(at.hub.requests).toHaveLength(1);
  });

  it("offline is what is there, which is said", async () => {
    await fetched({ "x.gguf": gguf(), "README.md": "#" });
    const model = await open("org/kept", { offline: true });
    expect(model).toMatchObject({ weights: "x.gguf", revision: COMMIT });
    expect(at.warnings).toEqual([
      "the list of org/kept's files was never fetched: only those in Python's cache are known",
    ]);
  });

  it("offline is none of several that are there", async () => {
    await fetched({ "x.gguf": "x", "y.gguf": "y" });
    await expect(open("org/kept", { offline: true })).rejects.toThrow(
      'org/kept: there are several files of weights; name one with --weights (option weights): "x.gguf", "y.gguf"',
    );
  });

  it("without the configuration that lies beside the file is asked of the hub", async () => {
    const safetensors = writeSafetensors({
      "wte.weight": { shape: [2, 2], data: values.subarray(0, 4) },
    });
    const tokenizer = '{"model":{"type":"WordLevel","vocab":{"a":0,"b":1}}}';
    await fetched({ "text/x.safetensors": safetensors });
    addModel("org/kept", {
      "text/x.safetensors": largeFile(safetensors),
      "text/tokenizer.json": smallFile(tokenizer),
    });
    const weights = "text/x.safetensors";
    const model = await open("org/kept", { weights });
    expect(model.vocabulary.token(1).text).toBe("b");
    // the list of files and the vocabulary; the weights are there
    expect(at.hub.bytes.has(weights)).toBe(false);
  });
});
