/** The model card: what the sample is made of, how, and how good it is. */
import type { Document } from "./corpus.ts";
import type { SampleReport } from "./recipe.ts";
import { END_OF_TEXT } from "./tokenizer-json.ts";

export function modelCard(report: SampleReport): string {
  return `# tmp

${JSON.stringify(report.perplexity)}

${report.occurrences.filter((count) => count === 0).length} never seen of ${report.occurrences.length}, trained tokens ${report.trainedTokens}, held-out tokens ${report.heldOutTokens}

${Array.from(report.files, ([name, size]) => `${name} ${size}`).join("\n")}

${report.probes
  .map(
    ({ text, kind, neighbors }) =>
      `- ${kind}: ${JSON.stringify(text)}: ${neighbors.map(({ id, cosine }) => `${show(report, id)} ${cosine.toFixed(2)}`).join("  ")}`,
  )
  .join("\n")}
`;
}

function show({ bpe }: SampleReport, id: number): string {
  const bytes = bpe.tokens[id];
  return bytes === undefined ? END_OF_TEXT : JSON.stringify(new TextDecoder().decode(bytes));
}

export type { Document };
