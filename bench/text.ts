/** Numbers of the report as text, with their unit, and tables of it. */

/** Seconds, or milliseconds below a tenth. */
export function formatSeconds(seconds: number): string {
  return seconds < 0.1 ? `${digits(1000 * seconds)} ms` : `${digits(seconds)} s`;
}

export function formatBytes(bytes: number): string {
  const gibibytes = bytes / 2 ** 30;
  return gibibytes < 1 ? `${digits(bytes / 2 ** 20)} MiB` : `${digits(gibibytes)} GiB`;
}

/** How many times one thing is another. */
export function formatFactor(factor: number): string {
  return `${digits(factor)} x`;
}

/** A count with commas: 50,257. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}

function digits(value: number): string {
  return value >= 100 ? formatCount(Math.round(value)) : String(Number(value.toPrecision(2)));
}

/** A table in Markdown, without a newline at its end. */
export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [head, head.map(() => "---"), ...rows].map(line).join("\n");
}
