import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { version } from "../../src/version.ts";
import { useProgram } from "./program.ts";

const program = useProgram();

/** The help as it was read by a person; written anew with `tokenscape ... --help`. */
function expected(name: string): string {
  return readFileSync(new URL(`help/${name}.txt`, import.meta.url), "utf8");
}

describe("help", () => {
  it.each([
    ["tokenscape", ["--help"]],
    ["tokenscape", ["help"]],
    ["near", ["near", "--help"]],
    ["near", ["help", "near"]],
    ["info", ["info", "-h"]],
    ["cache", ["cache", "--help"]],
  ])("of %s is printed by %j", async (name, args) => {
    const { code, stdout, stderr } = await program.run(args);
    expect(stdout).toBe(expected(name));
    expect(stderr).toBe("");
    expect(code).toBe(0);
  });

  it.each(["tokenscape", "near", "info", "cache"])("of %s fits 80 columns", (name) => {
    for (const line of expected(name).split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  });

  it("names every option once, with the defaults that the library has", async () => {
    const help = expected("tokenscape");
    const { stdout } = await program.run(["--json", "--quiet"]);
    const { rows, limits, tsne, dbscan } = JSON.parse(stdout);
    const defaults: Record<string, string | number> = {
      ...{ "--rows": rows, "--limits": limits, "--perplexity": tsne.perplexity },
      ...{ "--metric": tsne.metric, "--seed": tsne.seed, "--iterations": tsne.iterations },
      ...{ "--init": tsne.init, "--eps": dbscan.eps, "--min-samples": dbscan.minSamples },
    };
    for (const [flag, value] of Object.entries(defaults)) {
      const [, entry] = new RegExp(`^  (${flag} (?:.|\\n {20})*)`, "m").exec(help) ?? [];
      expect(entry?.replaceAll(/\s+/g, " ")).toContain(`(default: ${value})`);
    }
  });

  it("shows the version alone", async () => {
    const { code, stdout } = await program.run(["--version"]);
    expect([code, stdout]).toEqual([0, `${version}\n`]);
  });

  it("loads no command for it", async () => {
    const { stderr } = await program.run(["--help"], { env: { NODE_DEBUG: "esm" } });
    expect(stderr).toContain("program.js");
    expect(stderr).not.toContain("notebook-command.js");
  });
});
