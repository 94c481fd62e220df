/** What the figures were measured on, without its name. */
import { arch, availableParallelism, cpus, platform, totalmem } from "node:os";
import type { Place } from "./results.ts";

/** Here and today. */
export function place(): Place {
  const memory = Math.round(totalmem() / 2 ** 30);
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: `${cpus()[0]?.model.trim() ?? arch()}, ${availableParallelism()} cores, ${memory} GiB`,
    system: `${platform()} ${arch()}`,
    node: process.version,
  };
}
