import { describe, expect, it } from "vitest";
import { severalAtOnce } from "../../../src/model/bytes/slices.ts";

const items = Array.from({ length: 20 }, (_, i) => i);

describe("severalAtOnce", () => {
  it("works on every item, six at the same time, in their order", async () => {
    const begun: number[] = [];
    let [now, most] = [0, 0];
    await severalAtOnce(items, undefined, async (item) => {
      begun.push(item);
      most = Math.max(most, ++now);
      await new Promise((resolve) => setImmediate(resolve));
      now--;
    });
    expect([begun, most]).toEqual([items, 6]);
  });

  it("begins nothing after a failure, and tells what is under way to stop", async () => {
    const begun: number[] = [];
    const signals: AbortSignal[] = [];
    const error = new Error("no");
    const working = severalAtOnce(items, undefined, async (item, signal) => {
      begun.push(item);
      signals.push(signal);
      await new Promise((resolve) => setImmediate(resolve));
      if (item === 2) throw error;
    });
    await expect(working).rejects.toBe(error);
    const soFar = begun.length;
    for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
    expect(begun).toHaveLength(soFar);
    expect(soFar).toBeLessThan(items.length);
    expect(signals.map(({ reason }) => reason)).toEqual(signals.map(() => error));
  });

  it("stops when the caller says so", async () => {
    const controller = new AbortController();
    const begun: number[] = [];
    const working = severalAtOnce(items, controller.signal, async (item) => {
      begun.push(item);
      await new Promise((resolve) => setImmediate(resolve));
      if (item === 3) controller.abort(new Error("enough"));
    });
    await expect(working).rejects.toThrow("enough");
    expect(begun.length).toBeLessThan(items.length);
  });
});
