import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Box, boxAround, crossesBox, inside, intersect } from "../../src/figures/box.ts";
import { type LabelRequest, type PlacedLabel, placeLabels } from "../../src/figures/labels.ts";
import { Random } from "../../src/random.ts";
import { crossings, misleading } from "./boxes.ts";

const bounds = { left: 0, top: 0, right: 560, bottom: 420 };
const space = { bounds, radius: 3.6 };

/** Layouts that are hard to label, n dots in the bounds. */
const LAYOUTS: readonly [name: string, (random: Random, i: number) => [number, number]][] = [
  ["random", (r) => [560 * r.uniform(), 420 * r.uniform()]],
  ["clumped", (r) => [120 + 300 * r.below(2) + 12 * r.normal(), 210 + 12 * r.normal()]],
  ["collinear", (_, i) => [20 + 5 * i, 200]],
  ["diagonal", (_, i) => [20 + 4 * i, 20 + 3 * i]],
  ["a corner", (r) => [3 * r.uniform(), 3 * r.uniform()]],
  ["all equal", () => [300, 200]],
];

function requests(n: number, at: (typeof LAYOUTS)[number][1], seed: number): LabelRequest[] {
  const random = new Random(seed);
  return Array.from({ length: n }, (_, i) => {
    const [x, y] = at(random, i);
    const width = 6 * (1 + random.below(8)) + 2;
    return {
      x: Math.min(Math.max(x, 0), 560),
      y: Math.min(Math.max(y, 0), 420),
      width,
      height: 12,
    };
  });
}

function expectApart(placed: readonly PlacedLabel[], sheet: Box = bounds): void {
  expect(placed.filter(({ box }) => !inside(box, sheet))).toEqual([]);
  const overlapping = placed.filter(({ box }, i) =>
    placed.slice(0, i).some((other) => intersect(other.box, box)),
  );
  expect(overlapping).toEqual([]);
}

/** Layouts of 600 dots so close that a name beside one would be as near to others. */
const AMBIGUOUS = ["collinear", "a corner", "all equal"];

describe.each(LAYOUTS)("placeLabels, %s", (name, layout) => {
  test("places all of 100 with leaders, none on another", () => {
    for (const seed of [1, 2]) {
      const placed = placeLabels(requests(100, layout, seed), { ...space, leaders: true });
      expect(placed.map(({ index }) => index)).toEqual(Array.from({ length: 100 }, (_, i) => i));
      expectApart(placed);
    }
  });

  test("places what has room beside its dot, on no label and on no other dot", () => {
    const all = requests(600, layout, 5);
    const placed = placeLabels(all, { ...space, leaders: false });
    expect(placed.length > 0).toBe(!AMBIGUOUS.includes(name));
    expectApart(placed);
    expect(placed.filter(({ leader }) => leader !== undefined)).toEqual([]);
    const onDots = placed.filter(({ index, box }) =>
      all.some(({ x, y }, i) => i !== index && intersect(boxAround(x, y, 7.2, 7.2), box)),
    );
    expect(onDots).toEqual([]);
  });

  test("leaves no name nearer to another dot without a leader", () => {
    for (const [n, leaders] of [
      [100, true],
      [600, false],
    ] as const) {
      const all = requests(n, layout, 4);
      const placed = placeLabels(all, { ...space, leaders });
      const led = placed.filter(({ leader }) => leader !== undefined).map(({ index }) => index);
      expect(misleading(placed, all, new Set(led))).toEqual([]);
    }
  });

  test("is the same every time", () => {
    for (const leaders of [true, false]) {
      const place = (): PlacedLabel[] =>
        placeLabels(requests(60, layout, 9), { ...space, leaders });
      expect(place()).toEqual(place());
    }
  });
});

test("no boxes intersect, whatever is asked for", () => {
  const request = fc.record({
    x: fc.double({ min: 0, max: 560, noNaN: true }),
    y: fc.double({ min: 0, max: 420, noNaN: true }),
    width: fc.double({ min: 1, max: 600, noNaN: true }),
    height: fc.double({ min: 1, max: 60, noNaN: true }),
  });
  fc.assert(
    fc.property(fc.array(request, { maxLength: 25 }), fc.boolean(), (all, leaders) => {
      expectApart(placeLabels(all, { ...space, leaders }));
    }),
    { numRuns: 60 },
  );
});

test("a lone dot has its name above it, without a leader", () => {
  const [label] = placeLabels([{ x: 100, y: 100, width: 20, height: 12 }], {
    ...space,
    leaders: true,
  });
  expect(label!.leader).toBeUndefined();
  expect((label!.box.left + label!.box.right) / 2).toBe(100);
  expect(label!.box.bottom).toBeLessThan(100 - 3.6);
  expect(label!.box.bottom).toBeGreaterThan(100 - 8);
});

test("a label away from its dot has a leader from the dot to the label", () => {
  const placed = placeLabels(
    requests(40, () => [300, 200], 1),
    { ...space, leaders: true },
  );
  const led = placed.filter(({ leader }) => leader !== undefined);
  expect(led.length).toBeGreaterThan(20);
  for (const { box, leader } of led) {
    const { x1, y1, x2, y2 } = leader!;
    expect(Math.sqrt((x1 - 300) ** 2 + (y1 - 200) ** 2)).toBeCloseTo(3.6);
    expect(x2 >= box.left && x2 <= box.right && y2 >= box.top && y2 <= box.bottom).toBe(true);
  }
});

test("leaders do not cross each other, nor other dots where there is room", () => {
  for (const seed of [1, 2, 3, 4]) {
    const all = requests(90, LAYOUTS[0]![1], seed);
    const placed = placeLabels(all, { ...space, leaders: true });
    const led = placed.filter(({ leader }) => leader !== undefined);
    expect(led.length).toBeGreaterThan(1);
    expect(crossings(led.map(({ leader }) => leader!))).toBe(0);
    const overDots = led.filter(({ index, leader }) =>
      all.some(({ x, y }, i) => i !== index && crossesBox(leader!, boxAround(x, y, 5, 5))),
    );
    expect(overDots).toEqual([]);
  }
});

test("labels whose places cost too much are left out", () => {
  const all = requests(200, LAYOUTS[1]![1], 1);
  const placed = placeLabels(all, { ...space, leaders: true, most: 6 });
  expect(placed.length).toBeGreaterThan(20);
  expect(placed.length).toBeLessThan(200);
  expectApart(placed);
  for (const { leader } of placed) {
    if (leader === undefined) continue;
    const { x1, y1, x2, y2 } = leader;
    expect(Math.sqrt((x2 - x1) ** 2 + (y2 - y1) ** 2)).toBeLessThan(50);
  }
});

test("obstacles are not covered where there is other room", () => {
  const obstacle = boxAround(100, 88, 30, 16);
  for (const leaders of [true, false]) {
    const [label] = placeLabels([{ x: 100, y: 100, width: 20, height: 12 }], {
      ...space,
      leaders,
      obstacles: [obstacle],
    });
    expect(intersect(label!.box, obstacle)).toBe(false);
  }
});

test("among 50,000 dots labels still find room, apart from each other", () => {
  const sheet = { left: 0, top: 0, right: 6 * bounds.right, bottom: 6 * bounds.bottom };
  const dots = requests(50_000, LAYOUTS[0]![1], 1).map((dot) => ({
    ...dot,
    x: 6 * dot.x,
    y: 6 * dot.y,
  }));
  const placed = placeLabels(dots, { bounds: sheet, radius: 0.8, leaders: false });
  expect(placed.length).toBeGreaterThan(1000);
  expectApart(placed, sheet);
});
