import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { breather, type Progress } from "../../src/compute/run.ts";

// the clock stands still but where a test says that work took its time; events run as ever
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});
const work = (milliseconds: number): void => void vi.advanceTimersByTime(milliseconds);

describe("breather", () => {
  test("costs nothing between slices and reports the end", async () => {
    const seen: Progress[] = [];
    const breath = breather("step", 3, { onProgress: (progress) => seen.push(progress) });
    expect(breath(1)).toBeUndefined();
    expect(breath(2)).toBeUndefined();
    await breath(3);
    expect(seen).toEqual([{ step: "step", done: 3, total: 3 }]);
  });

  test("reports once a slice of work is over", async () => {
    const seen: number[] = [];
    const breath = breather("step", 9, { onProgress: ({ done }) => seen.push(done) });
    for (let i = 1; i <= 9; i++) {
      work(15);
      await breath(i);
    }
    expect(seen).toEqual([3, 6, 9]);
  });

  test("lets timers run while a loop works", async () => {
    const most = 100_000;
    const breath = breather("step", most, {});
    let fired = false;
    setTimeout(() => {
      fired = true;
    }, 0);
    let turns = 0;
    while (!fired && turns < most) {
      work(50);
      await breath(++turns);
    }
    expect(fired).toBe(true);
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
