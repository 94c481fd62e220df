/** The package as users get it: what is in it, what it needs, and that it runs beside nothing else. */
import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../", import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), "utf8");

interface Locked {
  version: string;
  dev?: boolean;
  optional?: boolean;
  integrity?: string;
  optionalDependencies?: Record<string, string>;
  hasInstallScript?: boolean;
}
const packages = JSON.parse(read("package-lock.json")).packages as Record<string, Locked>;
const locked = Object.entries(packages).filter(([path]) => path !== "");

let folder: string;
let files: string[];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "tokenscape-package-"));
  const packed = execFileSync("npm", ["pack", "--json", "--pack-destination", folder], {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [{ filename, files: list }] = JSON.parse(packed);
  files = list.map(({ path }: { path: string }) => path);
  const home = join(folder, "node_modules", "tokenscape");
  mkdirSync(home, { recursive: true });
  execFileSync("tar", ["-xzf", join(folder, filename), "--strip-components=1", "-C", home]);
  // beside it the locked run-time packages, and nothing of the tools
  for (const [path, { dev }] of locked) {
    if (!dev && existsSync(join(root, path))) {
      cpSync(join(root, path), join(folder, path), { recursive: true });
    }
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const node = (...args: string[]): string =>
  execFileSync(process.execPath, args, { cwd: folder, encoding: "utf8" });

describe("what is in it", () => {
  test("the compiled program, the sample and the documents", () => {
    for (const file of [
      ...["dist/index.js", "dist/index.d.ts", "dist/browser.js", "dist/browser.d.ts"],
      ...["dist/cli/main.js", "sample/model/model.safetensors", "sample/model/tokenizer.json"],
      ...["README.md", "LICENSE", "CHANGELOG.md", "docs/method.md", "package.json"],
    ]) {
      expect(files).toContain(file);
    }
  });

  test("the kernels within the code: no module or worker beside it, no sources to compile", () => {
    const inHome = (file: string) =>
      readFileSync(join(folder, "node_modules/tokenscape", file), "utf8");
    const kernels = inHome("dist/compute/kernels.generated.js");
    expect(kernels).toContain('MODULE = "AGFzbQEAAAA'); // WebAssembly begins so, in base64
    expect(kernels).toContain("export const WORKER = ");
    expect(files.filter((file) => /\.wasm$|assembly|compute\/worker/.test(file))).toEqual([]);
  });

  test.skipIf(process.platform === "win32")("the command can be executed", () => {
    const main = join(folder, "node_modules/tokenscape/dist/cli/main.js");
    expect(statSync(main).mode & 0o111).toBe(0o111);
  });

  test("no sources of tests, tools or the recipe", () => {
    const places = new Set(
      files.map((file) => file.split("/").slice(0, -1).join("/").split("/")[0]),
    );
    expect([...places].sort()).toEqual(["", "dist", "docs", "sample"]);
    expect(files.filter((file) => /\.test\.|fixtures|(?<!\.d)\.ts$/.test(file))).toEqual([]);
  });

  test("the sample is at most 3 MB", () => {
    const bytes = files
      .filter((file) => file.startsWith("sample/"))
      .reduce(
        (sum, file) => sum + readFileSync(join(folder, "node_modules/tokenscape", file)).length,
        0,
      );
    expect(bytes).toBeLessThan(3e6);
    expect(bytes).toBeGreaterThan(5e5);
  });
});

describe("what it needs", () => {
  test("exact versions, each locked with its integrity", () => {
    const { dependencies, devDependencies } = JSON.parse(read("package.json"));
    for (const version of Object.values({ ...dependencies, ...devDependencies })) {
      expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    }
    for (const [path, { integrity }] of locked) expect(integrity, path).toMatch(/^sha512-/);
  });

  test("every package for another platform is locked too, which npm ci asks for", () => {
    for (const [path, { optionalDependencies = {} }] of locked) {
      for (const name of Object.keys(optionalDependencies)) {
        expect(Object.keys(packages), `${name} of ${path}`).toContain(`node_modules/${name}`);
      }
    }
  });

  test("no package with an install script, and none of our own", () => {
    expect(locked.filter(([, { hasInstallScript }]) => hasInstallScript)).toEqual([]);
    const { scripts } = JSON.parse(read("package.json"));
    const atInstall = ["preinstall", "install", "postinstall", "prepare"];
    expect(Object.keys(scripts).filter((name) => atInstall.includes(name))).toEqual([]);
  });

  test("every import of the library is a run-time dependency, and every dependency is imported", () => {
    const { dependencies } = JSON.parse(read("package.json"));
    const imported = new Set(["commander"]); // imported by its typings
    for (const file of files.filter((path) => path.endsWith(".js"))) {
      const code = readFileSync(join(folder, "node_modules/tokenscape", file), "utf8");
      for (const match of code.matchAll(/(?:from|import)\s*\(?\s*"([^".\s][^"\s]*)"/g)) {
        if (!match[1]!.startsWith("node:")) imported.add(match[1]!);
      }
    }
    expect([...imported].sort()).toEqual(Object.keys(dependencies).sort());
  });
});

describe("that it runs", () => {
  test("the command, on the built-in sample", () => {
    const main = "node_modules/tokenscape/dist/cli/main.js";
    expect(node(main, "--version").trim()).toBe(JSON.parse(read("package.json")).version);
    expect(node(main, "--rows", "0:60", "--out", "out")).toMatch(/Tokens in group 0 \(\d+\):/);
    expect(existsSync(join(folder, "out/report.html"))).toBe(true);
  });

  test("the library, by its name", () => {
    const script = `
      import { openModel, runNotebook } from "tokenscape";
      const { result } = await runNotebook({ model: await openModel("sample"), rows: "0:60" });
      console.log(result.tokens.length, result.model.name);`;
    expect(node("--input-type=module", "-e", script).trim()).toBe("60 sample");
  });

  test("a browser's bundler gets the entry without Node", () => {
    const script = `console.log(import.meta.resolve("tokenscape"))`;
    expect(node("--conditions=browser", "--input-type=module", "-e", script)).toContain(
      "dist/browser.js",
    );
    expect(node("--input-type=module", "-e", script)).toContain("dist/index.js");
  });
});
