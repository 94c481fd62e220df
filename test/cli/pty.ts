import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { bareEnvironment, type Ended, ended, type Program } from "./program.ts";

export interface TerminalOptions {
  /** Default 80. */
  readonly columns?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** Starts the program on a real pseudo-terminal; what is written to its standard input is typed there. */
export function startOnTerminal(
  { main, folder }: Program,
  args: readonly string[],
  { columns = 80, env = {}, cwd = folder }: TerminalOptions = {},
): ChildProcess {
  if (spawnSync("script", ["--version"]).error !== undefined) {
    throw new Error("these tests need the program script (Debian: bsdutils) for a terminal");
  }
  const words = [process.execPath, main, ...args].map((word) => `'${word}'`).join(" ");
  return spawn("script", ["-qec", `stty cols ${columns} rows 40; exec ${words}`, "/dev/null"], {
    cwd,
    env: { ...bareEnvironment(folder), TERM: "xterm-256color", SHELL: "/bin/sh", ...env },
    stdio: ["pipe", "pipe", "pipe"],
  });
}

/** Runs it to its end; all output comes in `stdout`. */
export async function runOnTerminal(
  program: Program,
  args: readonly string[],
  options?: TerminalOptions,
): Promise<Ended> {
  return ended(startOnTerminal(program, args, options));
}

/** Waits until a process has written a text. */
export async function written(child: ChildProcess, text: string): Promise<void> {
  let seen = "";
  await new Promise<void>((resolve, reject) => {
    child.stdout!.on("data", (chunk: Buffer | string) => {
      seen += chunk;
      if (seen.includes(text)) resolve();
    });
    child.once("close", () => reject(new Error(`ended without writing ${text}: ${seen}`)));
  });
}

/** The lines that stand on a terminal after all this was written to it: no scrolling, no wrapping. */
export function screenLines(output: string): string[] {
  const lines: string[][] = [[]];
  let column = 0;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a terminal obeys
  for (const [part, final] of output.matchAll(/\u001b\[[\d;?]*([A-Za-z])|\u001b[78]|./gsu)) {
    const line = lines.at(-1)!;
    if (part === "\r" || final === "G") column = 0;
    else if (part === "\n") lines.push([]);
    else if (final === "K") line.length = part.includes("2") ? 0 : Math.min(line.length, column);
    else if (part.startsWith("\u001b")) continue;
    else line[column++] = part;
  }
  return lines.map((line) => Array.from(line, (cell) => cell ?? " ").join(""));
}
