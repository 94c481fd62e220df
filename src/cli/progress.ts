import type { SingleBar } from "cli-progress";
import type { Progress } from "../compute/run.ts";
import { terminalSafe } from "../report/terminal.ts";

/** Shorter work shows no bar, in milliseconds. */
const PATIENCE = 500;
/** How long a step must have been seen before it is said how long it will take, in milliseconds. */
const BEFORE_ESTIMATE = 1000;
/** Reports from which the speed is taken: at least two seconds' worth. */
const REPORTS = 50;
/** Cells of the bar itself on a wide terminal; and at least, where more words than needed are said. */
const BAR = { most: 30, fewest: 10 } as const;
/** Cells of a line for blanks, percent, and the ^C that a terminal writes after it. */
const MARGIN = 13;

/** What is shown while a command works. */
export interface ProgressDisplay {
  /** Shows how far a step is. */
  readonly onProgress: (progress: Progress) => void;
  /** Clears what is shown; the next report shows it again. */
  stop(): void;
}

/** A bar on standard error if that is a terminal; else nothing. Shown once the command has worked for half a second. */
export async function progressDisplay({
  quiet,
}: {
  readonly quiet?: boolean | undefined;
}): Promise<ProgressDisplay> {
  const stream = process.stderr;
  if (quiet || !stream.isTTY || process.env.TERM === "dumb") {
    return { onProgress: () => {}, stop: () => {} };
  }
  // a command line in a pipe need not wait for it
  const { SingleBar } = await import("cli-progress");
  const begin = performance.now();
  let bar: SingleBar | undefined;
  let shown = "";

  function stop(): void {
    bar?.stop();
    bar = undefined;
  }
  function onProgress({ step, done, total }: Progress): void {
    if (performance.now() - begin < PATIENCE) return;
    if (bar === undefined || step !== shown) {
      stop();
      bar = openBar(SingleBar, stream);
      bar.start(total, done, { step: terminalSafe(step) });
      shown = step;
    } else {
      bar.setTotal(total);
      bar.update(done);
    }
  }
  return { onProgress, stop };
}

function openBar(Bar: typeof SingleBar, stream: NodeJS.WriteStream): SingleBar {
  return new Bar({
    stream,
    format: (_, { value, total, eta, startTime }, { step }: { step: string }) => {
      const part = total > 0 ? Math.min(1, value / total) : 0;
      const seen = Date.now() - startTime >= BEFORE_ESTIMATE;
      const left = seen && part < 1 && eta > 0 && Number.isFinite(eta) ? eta : undefined;
      return progressLine({ step, part, left }, stream.columns || 80);
    },
    etaBuffer: REPORTS,
    fps: 10,
    clearOnComplete: true,
    // longer lines are cut; the terminal's own wrapping is left alone, so there is nothing to restore after a kill
    linewrap: true,
    // Ctrl-C is the command's business
    gracefulExit: false,
  });
}

/** How far a step is, and how many seconds of it are left at its speed of late, on one line of a terminal. */
export function progressLine(
  { step, part, left }: { step: string; part: number; left?: number | undefined },
  columns: number,
): string {
  const room = columns - step.length - MARGIN;
  const short = left === undefined ? "" : `  ${seconds(left)} left`;
  const long = left === undefined ? "" : `${short} in this step`;
  const words = long.length + BAR.fewest <= room ? long : short;
  const time = words.length <= room ? words : "";
  const size = Math.max(0, Math.min(BAR.most, room - time.length));
  const full = Math.round(part * size);
  const percent = `${Math.floor(part * 100)}`.padStart(3);
  return `${step}  ${"\u2588".repeat(full)}${"\u2591".repeat(size - full)}  ${percent} %${time}`;
}

function seconds(eta: number): string {
  const whole = Math.ceil(eta);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
