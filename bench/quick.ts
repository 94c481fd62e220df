import type { Job } from "./job.ts";

/** The job at a size for trying the bench itself. */
export function quickJob(job: Job): Job {
  const n = job.n > 10_000 ? 1500 : Math.max(100, Math.round(job.n / 10));
  const start = job.start === undefined ? {} : { start: 0 };
  const iterations = Math.min(job.iterations, 300);
  return { ...job, n: job.d === 50 ? job.n : n, iterations, ...start };
}
