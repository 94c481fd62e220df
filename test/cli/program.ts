import { type ChildProcess, spawn } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { afterAll, beforeAll } from "vitest";

const root: string = fileURLToPath(new URL("../../", import.meta.url));

/** How a run of the program ended. */
export interface Ended {
  /** Null if a signal killed it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The real program, compiled once for a test file, and a folder for it to work in. */
export interface Program {
  /** Runs `tokenscape` with these arguments in the work folder, its output in pipes. */
  run(args: readonly string[], options?: RunOptions): Promise<Ended>;
  /** Starts it, and leaves it to the test to end. */
  start(args: readonly string[], options?: RunOptions): ChildProcess;
  /** The compiled main file. */
  readonly main: string;
  /** A fresh folder for the test file. */
  readonly folder: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/**
 * Compiles the program for a test file and removes it afterwards. It is compiled from the sources as they
 * are, into a folder that looks like an installed package, so that no test runs on an old `dist/`.
 */
export function useProgram(): Program {
  const program = { main: "", folder: "", run, start };
  beforeAll(() => {
    const base = mkdtempSync(join(tmpdir(), "tokenscape-cli-"));
    program.main = compile(join(base, "package"));
    program.folder = join(base, "work");
    mkdirSync(program.folder);
  });
  afterAll(() => rmSync(dirname(program.folder), { recursive: true, force: true }));

  function start(args: readonly string[], { env = {}, cwd }: RunOptions = {}): ChildProcess {
    return spawn(process.execPath, [program.main, ...args], {
      cwd: cwd ?? program.folder,
      env: { ...bareEnvironment(program.folder), ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
  }
  async function run(args: readonly string[], options?: RunOptions): Promise<Ended> {
    return ended(start(args, options));
  }
  return program;
}

/** Waits for a process to end, and collects what it writes. */
export async function ended(child: ChildProcess): Promise<Ended> {
  let stdout = "";
  let stderr = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("close", resolve).once("error", reject);
  });
  return { code, stdout, stderr };
}

/** Nothing of the machine's own settings: no colours forced, no proxies, no caches or tokens of the hub. */
export function bareEnvironment(home: string): Record<string, string> {
  return { PATH: process.env.PATH ?? "", HOME: home, HF_HUB_OFFLINE: "1" };
}

/** All files under a folder by path, with their bytes as text; empty if there is no such folder. */
export function filesUnder(folder: string): Map<string, string> {
  if (!existsSync(folder)) return new Map();
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((e) => join(e.parentPath, e.name));
  return new Map(
    files.sort().map((file) => [file.slice(folder.length + 1), readFileSync(file, "latin1")]),
  );
}

function compile(folder: string): string {
  const { config } = ts.readConfigFile(join(root, "tsconfig.build.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const compilerOptions = { ...options, declaration: false, isolatedDeclarations: false };
  for (const path of readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })) {
    if (!path.endsWith(".ts") || path.endsWith(".d.ts")) continue;
    const source = readFileSync(join(root, "src", path), "utf8");
    const { outputText } = ts.transpileModule(source, { fileName: path, compilerOptions });
    const compiled = join(folder, "dist", path.replace(/\.ts$/, ".js"));
    mkdirSync(dirname(compiled), { recursive: true });
    writeFileSync(compiled, outputText);
  }
  copyFileSync(join(root, "package.json"), join(folder, "package.json"));
  for (const name of ["node_modules", "sample"]) symlinkSync(join(root, name), join(folder, name));
  return join(folder, "dist/cli/main.js");
}
