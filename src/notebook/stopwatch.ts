import type { Progress, RunOptions } from "../compute/run.ts";
import type { TimingsJson } from "../report/result.ts";

/** Times the steps of the road. */
export interface Stopwatch {
  /** In milliseconds; 0 for steps not done. */
  readonly times: Readonly<TimingsJson>;
  /** Ends a step; the next begins. */
  lap(step: keyof TimingsJson): void;
  /** Hands progress on, and listens to it. */
  onProgress(progress: Progress): void;
}

/** A stopwatch that runs; the neighbours' share of t-SNE is told from its progress. */
export function stopwatch({ onProgress }: RunOptions): Stopwatch {
  const times = { load: 0, gram: 0, neighbors: 0, tsne: 0, dbscan: 0, figures: 0 };
  let last = performance.now();
  let mapping = false;
  const lap = (step: keyof typeof times) => {
    const now = performance.now();
    times[step] = now - last;
    last = now;
    mapping = step === "gram";
  };
  return {
    times,
    lap,
    onProgress(progress: Progress) {
      const found = progress.step === "neighbours" && progress.done === progress.total;
      if (mapping && found) lap("neighbors");
      onProgress?.(progress);
    },
  };
}
