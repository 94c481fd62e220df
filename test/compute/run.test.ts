import { describe, expect, test } from "vitest";
import { breather, type Progress } from "../../src/compute/run.ts";

/** Keeps the processor busy, as a kernel does. */
function work(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

describe("breather", () => {
  test("costs nothing between slices and reports the end", async () => {
    const seen: Progress[] = [];
    const breath = breather("step", 3, { onProgress: (progress) => seen.push(progress) });
    expect(breath(1)).toBeUndefined();
    expect(breath(2)).toBeUndefined();
    await breath(3);
    expect(seen).toEqual([{ step: "step", done: 3, total: 3 }]);
  });

  test("lets timers run while a loop works", async () => {
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    const breath = breather("step", 10, {});
    for (let i = 1; i <= 10; i++) {
      work(50);
      await breath(i);
    }
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(3);
  });

  test("throws the signal's reason, at once or in the middle", async () => {
    const reason = new Error("enough");
    expect(() => breather("step", 10, { signal: AbortSignal.abort(reason) })).toThrow(reason);
    const controller = new AbortController();
    const breath = breather("step", 10, { signal: controller.signal });
    controller.abort(reason);
    await expect(breath(10)).rejects.toBe(reason);
  });
});
