import { readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { clumps } from "../clumps.ts";
import * as w from "../model/weights/write-gguf.ts";
import { useProgram } from "./program.ts";

const program = useProgram();

describe("a GGUF file", () => {
  const tokens = Array.from({ length: 40 }, (_, i) => `Ġtoken${i}`);
  const rows = clumps(40, 8, 1);
  const file = w.writeGguf({
    metadata: [
      ["general.architecture", w.text("gpt2")],
      ["general.name", w.text("evil \u001b[31m name")],
      ["general.file_type", w.u32(0)],
      ...w.vocabulary(
        "gpt2",
        tokens,
        tokens.map(() => 1),
      ),
    ],
    tensors: [["token_embd.weight", w.floats(rows.shape, rows.data)]],
  });

  it("is described by info: architecture, name, type, tensors, tokens", async () => {
    const path = join(program.folder, "x.gguf");
    writeFileSync(path, file);
    const { code, stdout, stderr } = await program.run(["info", path]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("GGUF, architecture gpt2, named");
    expect(stdout).toContain("mostly F32");
    expect(stdout).toContain("token_embd.weight");
    expect(stdout).toContain("40 rows from x.gguf: 40 normal");
    expect(stdout).not.toContain("\u001b");
    const { model, notes } = JSON.parse((await program.run(["info", path, "--json"])).stdout);
    expect(model).toMatchObject({ name: "x.gguf", tensor: "token_embd.weight", shape: [40, 8] });
    expect(notes[0]).toMatch(/^GGUF, architecture gpt2/);
  });

  it("goes the whole road, alone in its folder too", async () => {
    const path = join(program.folder, "road.gguf");
    writeFileSync(path, file);
    const args = ["--rows", "0:20", "--iterations", "60", "--out", "road-out", "--quiet"];
    const { code, stderr } = await program.run([path, ...args]);
    expect([code, stderr]).toEqual([0, ""]);
    const result = JSON.parse(
      readFileSync(join(program.folder, "road-out", "result.json"), "utf8"),
    );
    expect(result.model).toMatchObject({ name: "road.gguf", dtype: "F32" });
    expect(result.tokens[7]).toMatchObject({ text: " token7", display: "·token7" });
  });

  it("of 8 GiB is described from its header", async () => {
    const shape = [40, 2 ** 26];
    const head = w.writeGguf({
      metadata: w.vocabulary("gpt2", tokens),
      tensors: [["token_embd.weight", { type: 1, shape, data: new Uint8Array(0) }]],
    });
    const path = join(program.folder, "large.gguf");
    writeFileSync(path, head);
    truncateSync(path, head.length + 2 ** 33);
    const { code, stdout } = await program.run(["info", path]);
    expect(code).toBe(0);
    expect(stdout).toContain("2,684,354,560 in 1 tensor");
  });

  it("that is broken ends in one line", async () => {
    const path = join(program.folder, "cut.gguf");
    writeFileSync(path, file.subarray(0, file.length - 64));
    const { code, stdout, stderr } = await program.run([path]);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(
      /cut\.gguf: byte \d+: tensor "token_embd.weight": its data should end at/,
    );
    expect(stderr.trim().split("\n").length).toBeLessThanOrEqual(5);
  });
});
