import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { writeVectors } from "./inputs.ts";
import { ended, filesUnder, useProgram } from "./program.ts";
import { screenLines, startOnTerminal, written } from "./pty.ts";

const program = useProgram();
const CTRL_C = "\u0003";

describe("Ctrl-C", () => {
  it("in the middle of a long run ends it with 130, one line, a clean screen, and nothing written", async () => {
    const path = writeVectors(program.folder, 500);
    const cwd = join(program.folder, "interrupted");
    mkdirSync(join(cwd, "old"), { recursive: true });
    writeFileSync(join(cwd, "old/notes.txt"), "mine");
    const before = filesUnder(cwd);
    for (const out of ["new/deep", "old"]) {
      const args = [path, "--all", "--iterations", "10000000", "--perplexity", "30", "--out", out];
      const child = startOnTerminal(program, args, { cwd });
      const end = ended(child);
      await written(child, "t-SNE");
      child.stdin!.write(CTRL_C);
      const { code, stdout } = await end;
      expect(code).toBe(130);
      expect(screenLines(stdout).at(-2)?.replace("^C", "")).toBe("tokenscape: interrupted");
      expect(screenLines(stdout).join("\n")).not.toMatch(/[\u2588\u2591]/);
      expect(filesUnder(cwd)).toEqual(before);
      expect(readdirSync(cwd)).toEqual(["old"]);
    }
  });

  it.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
    "or %s while a hub does not answer ends it with 130",
    async (signal) => {
      const asked = deferred();
      const silent = createServer(() => asked.resolve());
      await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
      const endpoint = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
      const env = { HF_ENDPOINT: endpoint, HF_HUB_OFFLINE: "0" };
      const child = program.start(["org/model", "--out", "never"], { env });
      const end = ended(child);
      await asked.promise;
      child.kill(signal);
      expect(await end).toEqual({ code: 130, stdout: "", stderr: "tokenscape: interrupted\n" });
      expect(filesUnder(join(program.folder, "never")).size).toBe(0);
      silent.closeAllConnections();
      await new Promise((resolve) => silent.close(resolve));
    },
  );

  it("ends work that does not listen, and a second one kills at once", async () => {
    const script = `
      import { abortOnInterrupt } from ${JSON.stringify(join(dirname(program.main), "interrupt.js"))};
      const { signal } = abortOnInterrupt(() => process.exit(130));
      signal.addEventListener("abort", () => console.log("aborted"));
      setInterval(() => {}, 1000);
      console.log("ready");`;
    const start = async () => {
      const child = spawn(process.execPath, ["--input-type=module", "-e", script]);
      const end = ended(child);
      await written(child, "ready");
      child.kill("SIGINT");
      return { child, end };
    };
    const first = await start();
    expect((await first.end).code).toBe(130);
    const second = await start();
    await written(second.child, "aborted");
    second.child.kill("SIGINT");
    expect((await second.end).code).toBeNull();
    expect(second.child.signalCode).toBe("SIGINT");
  });
});

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
