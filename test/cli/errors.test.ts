import { describe, expect, it } from "vitest";
import { CommandError, judge, UsageError } from "../../src/cli/errors.ts";
import { FormatError, HubError, UnsupportedError } from "../../src/errors.ts";
import { matrix } from "../../src/matrix.ts";

/** What an expression throws. */
function thrown(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

describe("judge", () => {
  it.each([
    new HubError("gpt9: there is no such model"),
    new FormatError("x.npy: byte 0: not a .npy file"),
    new UnsupportedError("dtype I8 is not read", { feature: "dtype I8" }),
    new CommandError("--out x: not a folder"),
    thrown(() => matrix(-1, 2)),
  ])("takes %o for a failure of the world or the input", (error) => {
    expect(judge(error)).toEqual({ text: (error as Error).message, code: 1 });
  });

  it("puts messages of several lines on one", () => {
    expect(judge(new HubError("first\n  second")).text).toBe("first second");
  });

  it("takes a wrong command line for that", () => {
    expect(judge(new UsageError("--seed: expected"))).toEqual({
      text: "--seed: expected",
      code: 2,
    });
  });

  it("puts the system's refusals into words", () => {
    const error = Object.assign(new Error("ENOSPC: no space left on device, write"), {
      ...{ code: "ENOSPC", syscall: "write", path: "out/map.svg" },
    });
    expect(judge(error)).toEqual({ text: "out/map.svg: no space left on the disk", code: 1 });
  });

  it.each([
    () => (undefined as unknown as string).length,
    () => (1 as unknown as () => void)(),
    () => [...(1 as unknown as string)],
    () => new Uint8Array(-1),
    () => "x".repeat(-1),
    () => new Array(-1),
    () => (0.5).toFixed(101),
    () => Buffer.alloc("x" as unknown as number),
    () => JSON.parse("{"),
    () => {
      throw "a text";
    },
  ])("takes what the engine throws at %s for a bug, and keeps its stack", (work) => {
    const error = thrown(work);
    const { text, code } = judge(error);
    expect(code).toBe(1);
    expect(text).toMatch(/^this is a bug in Tokenscape .*\n/);
    expect(text).toContain(error instanceof Error ? error.stack : error);
  });
});
