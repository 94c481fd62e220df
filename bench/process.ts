/** A whole process, timed from outside: from its start to its end, with the most memory it held. */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** GNU time, where there is one: nothing else tells a finished process's memory. */
const GNU_TIME = "/usr/bin/time";

/** One run of a process. */
export interface ProcessRun {
  /** From start to end, in seconds. */
  readonly wall: number;
  /** The largest resident set, in bytes; null where nothing measures it. */
  readonly peak: number | null;
  readonly stdout: string;
}

/**
 * Runs a command to its end.
 *
 * @param limit Seconds after which it is ended.
 * @throws {Error} saying why it failed.
 */
export async function runProcess(
  command: readonly string[],
  { limit, env = {} }: { limit: number; env?: NodeJS.ProcessEnv },
): Promise<ProcessRun> {
  const folder = mkdtempSync(join(tmpdir(), "tokenscape-bench-"));
  const memory = join(folder, "memory");
  const measures = process.platform === "linux" && existsSync(GNU_TIME);
  const whole = measures ? [GNU_TIME, "-f", "%M", "-o", memory, ...command] : command;
  try {
    const start = performance.now();
    const stdout = await finished(whole, limit, { ...process.env, ...env });
    const wall = (performance.now() - start) / 1000;
    const kilobytes = measures ? Number(readFileSync(memory, "utf8").trim().split("\n").at(-1)) : 0;
    return { wall, peak: measures ? 1024 * kilobytes : null, stdout };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function finished(
  [program, ...args]: readonly string[],
  limit: number,
  env: NodeJS.ProcessEnv,
): Promise<string> {
  return new Promise((resolve, reject) => {
    // a group of its own, so that what GNU time started ends with it
    const child = spawn(program!, args, {
      ...{ stdio: ["ignore", "pipe", "pipe"], detached: process.platform !== "win32" },
      env,
    });
    let [stdout, stderr, late] = ["", "", false];
    const timer = setTimeout(() => {
      late = true;
      endGroup(child.pid!);
    }, 1000 * limit);
    const interrupted = (): void => {
      endGroup(child.pid!);
      process.exit(130);
    };
    process.once("SIGINT", interrupted);
    child.stdout!.on("data", (text) => {
      stdout += text;
    });
    child.stderr!.on("data", (text) => {
      stderr += text;
    });
    child.on("error", reject);
    child.on("close", (code) => {
      clearTimeout(timer);
      process.removeListener("SIGINT", interrupted);
      if (code === 0) resolve(stdout);
      else if (late) reject(new Error(`not done after ${limit} s`));
      else reject(new Error(reasonOf(stderr) ?? `ended with code ${code}`));
    });
  });
}

function endGroup(pid: number): void {
  if (process.platform === "win32") process.kill(pid);
  else process.kill(-pid, "SIGKILL");
}

/** The line that names the error. */
function reasonOf(stderr: string): string | undefined {
  const lines = stderr.split("\n").filter((line) => line.trim() !== "");
  return lines.findLast((line) => /error|out of memory/i.test(line))?.trim() ?? lines.at(-1);
}
