/** The plot: time against the number of rows, both in powers of ten, a line for every tool. */
import { bottomAxis, type Frame, leftAxis, outline } from "../src/figures/axes.ts";
import { renderPage } from "../src/figures/page.ts";
import { INK } from "../src/figures/palette.ts";
import { element, type SvgNode } from "../src/figures/svg.ts";
import { TYPE } from "../src/figures/text.ts";
import { type Job, TOOLS, type Tool } from "./job.ts";
import { placeLabels } from "./plot-labels.ts";
import { type Measurement, times } from "./results.ts";
import { formatCount } from "./text.ts";

/** A point of a line: n rows took so many seconds. */
export interface Point {
  readonly n: number;
  readonly seconds: number;
}

/** A tool's line, measured here, and what was measured of it elsewhere. */
interface Series {
  readonly tool: Tool;
  readonly color: string;
  readonly here: readonly Point[];
  readonly elsewhere: readonly Point[];
}

// Okabe and Ito's colours (2008), told apart by people with any colour vision; ours black
const COLORS: Partial<Record<Tool, string>> = {
  tokenscape: "#1a1a1a",
  "scikit-learn": "#0072b2",
  openTSNE: "#d55e00",
  "@saehrimnir/druidjs": "#009e73",
  "wasm-bhtsne": "#b0568c",
  "tsne-js": "#a67c00",
};

const ELSEWHERE: Partial<Record<Tool, readonly Point[]>> = {
  "scikit-learn": [
    { n: 100, seconds: 0.38 },
    { n: 2000, seconds: 7.5 },
    { n: 10_000, seconds: 56 },
    { n: 50_257, seconds: 562 },
  ],
  openTSNE: [{ n: 50_257, seconds: 141 }],
  "@saehrimnir/druidjs": [{ n: 2000, seconds: 53 }],
};

const FRAME: Frame = { x: 78, y: 24, width: 640, height: 430 };
const RIGHT = 24; // room right of the frame, pixels
const COUNTS = [100, 1000, 10_000, 50_257, 262_144];
// in seconds
const TIMES: ReadonlyMap<number, string> = new Map([
  [0.1, "0.1 s"],
  [1, "1 s"],
  [10, "10 s"],
  [60, "1 min"],
  [600, "10 min"],
  [3600, "1 h"],
]);

/** The plot as SVG. */
export function renderPlot(measurements: readonly Measurement[]): string {
  const series = TOOLS.flatMap((tool) => seriesOf(tool, measurements));
  const points = series.flatMap(({ here, elsewhere }) => [...here, ...elsewhere]);
  const low = Math.min(0.1, ...points.map(({ seconds }) => seconds / 1.5));
  const high = Math.max(600, ...points.map(({ seconds }) => seconds * 1.6));
  const x = logScale([80, 330_000], [FRAME.x, FRAME.x + FRAME.width]);
  const y = logScale([low, high], [FRAME.y + FRAME.height, FRAME.y]);
  const at = ({ n, seconds }: Point): [number, number] => [x(n), y(seconds)];
  const ticks = [...TIMES].filter(([value]) => value >= low && value <= high);
  return renderPage(
    {
      width: FRAME.x + FRAME.width + RIGHT,
      height: FRAME.y + FRAME.height + 52,
      title: "Time against the number of rows",
      notes: [
        "Rings: measured elsewhere, on an idle machine with two cores; scikit-learn's are the fit alone.",
      ],
    },
    {
      caption: [
        "Neighbours and t-SNE, at most 1,000 iterations (openTSNE elsewhere: 750), two threads, whole processes, least of all runs. 768 columns; the last point is the whole road at 262,144 rows of 256.",
      ],
      description: "Time of t-SNE against the number of rows for Tokenscape and other packages.",
    },
    [
      ...ticks.map(([value]) => gridLine(y(value))),
      outline(FRAME),
      bottomAxis(FRAME, {
        title: "rows",
        ticks: COUNTS.map((n) => ({ at: x(n), label: formatCount(n) })),
      }),
      leftAxis(FRAME, {
        title: "time",
        ticks: ticks.map(([value, label]) => ({ at: y(value), label })),
      }),
      ...series.flatMap((one) => drawSeries(one, at)),
      ...drawLabels(series, at),
    ],
  );
}

function isOnCurve({ work, n, d, iterations, start }: Job): boolean {
  const isFit = work === "tsne" && d === 768 && iterations === 1000 && start === undefined;
  return isFit || (work === "road" && n === 262_144);
}

function seriesOf(tool: Tool, measurements: readonly Measurement[]): Series[] {
  const color = COLORS[tool];
  const here = measurements
    .filter(({ job }) => job.tool === tool && isOnCurve(job))
    .flatMap((one) =>
      times(one, "wall")
        .slice(0, 1)
        .map((seconds) => ({ n: one.job.n, seconds })),
    )
    .sort((a, b) => a.n - b.n);
  const elsewhere = ELSEWHERE[tool] ?? [];
  if (color === undefined || here.length + elsewhere.length === 0) return [];
  return [{ tool, color, here, elsewhere }];
}

function drawSeries(
  { tool, color, here, elsewhere }: Series,
  at: (point: Point) => [number, number],
): SvgNode[] {
  const path = here.map((point) =>
    at(point)
      .map((value) => value.toFixed(1))
      .join(" "),
  );
  const width = tool === "tokenscape" ? 2.4 : 1.4;
  const line =
    path.length < 2
      ? undefined
      : element("path", {
          d: `M${path.join("L")}`,
          fill: "none",
          stroke: color,
          "stroke-width": width,
        });
  const dot = (point: Point, fill: string): SvgNode => {
    const [cx, cy] = at(point);
    return element("circle", { cx, cy, r: 3.4, fill, stroke: color, "stroke-width": 1.5 });
  };
  return [
    line,
    ...here.map((point) => dot(point, color)),
    ...elsewhere.map((point) => dot(point, "#ffffff")),
  ];
}

function drawLabels(series: readonly Series[], at: (point: Point) => [number, number]): SvgNode[] {
  const lines = series.map(({ tool, here, elsewhere }) => ({
    name: tool === "tokenscape" ? "Tokenscape" : tool,
    line: here.map(at),
    dots: [...here, ...elsewhere].map(at),
  }));
  return placeLabels(lines, FRAME, TYPE.axis).map(([x, y], i) =>
    element("text", { x, y, "font-size": TYPE.axis, fill: series[i]!.color }, lines[i]!.name),
  );
}

function gridLine(y: number): SvgNode {
  return element("line", {
    ...{ x1: FRAME.x, x2: FRAME.x + FRAME.width, y1: y, y2: y },
    ...{ stroke: INK.line, "stroke-width": 0.5, "stroke-opacity": 0.18 },
  });
}

function logScale(
  [low, high]: [number, number],
  [from, to]: [number, number],
): (value: number) => number {
  const span = Math.log(high / low);
  return (value) => from + ((to - from) * Math.log(value / low)) / span;
}
