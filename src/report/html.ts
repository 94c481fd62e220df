import { typeError } from "../errors.ts";
import { mapNote, matrixPhrase, summary } from "./caption.ts";
import type { TokenGroup } from "./groups.ts";
import { groupLists, searchedTable, TOO_MANY } from "./html-large.ts";
import { largeScript, largeScriptHash } from "./html-large-script.ts";
import { again, parameterTable } from "./html-parameters.ts";
import { script, scriptHash } from "./html-script.ts";
import { style } from "./html-style.ts";
import { groupSections, type Swatches, tokenTable } from "./html-tokens.ts";
import { type Markup, markup, trusted } from "./markup.ts";
import type { ResultJson } from "./result.ts";
import { rowsPhrase } from "./rows-text.ts";

/** What a report is made of. */
export interface ReportParts {
  readonly result: ResultJson;
  /** SVG documents. */
  readonly figures: {
    readonly embeddings: string;
    readonly map: string;
    readonly clusters: string;
  };
  readonly groups: readonly TokenGroup[];
  /** What a reader should know before looking, a line each; default: nothing. */
  readonly notes?: readonly string[] | undefined;
  /** The CSS colour of a cluster in the figures; default: none. */
  readonly colorOf?: Swatches["colorOf"] | undefined;
  /** The shape of a cluster's points in the figures; default: circles. */
  readonly markOf?: Swatches["markOf"] | undefined;
}

/**
 * From this many tokens on, lists and table are laid out when they come into view, since all at once
 * would take seconds; and the figures draw dots only, without plus signs and lines to centroids.
 */
const LARGE = 2000;

function policy(hash: string): string {
  return [
    "default-src 'none'",
    "img-src data:",
    "style-src 'unsafe-inline'",
    `script-src 'sha256-${hash}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
  ].join("; ");
}

/**
 * The report as one HTML page that needs nothing else: figures, token lists, a table of all tokens,
 * parameters, and how to make it again. It asks the network for nothing, and its policy forbids it.
 *
 * The figures stand in the page as SVG elements, not as images: sharp at any zoom and on paper,
 * their labels can be selected and found, and their `<title>` and `<desc>` reach screen readers.
 * They have no ids and no style sheets that could clash; the page's own ids stand outside.
 *
 * @throws {TypeError} if a figure is not SVG, or a colour not a colour.
 */
export function reportHtml({
  result,
  figures,
  groups,
  notes = [],
  colorOf = () => "transparent",
  markOf = () => "circle",
}: ReportParts): string {
  const swatches = { colorOf, markOf };
  const count = result.tokens.length;
  const whole = count < TOO_MANY;
  const page = markup`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${trusted(policy(whole ? scriptHash : largeScriptHash))}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="Tokenscape ${result.tokenscape}">
<link rel="icon" href="data:,">
<title>${result.model.name}, ${rowsPhrase(result.rows, result.tokens.length)} - Tokenscape</title>
<style>${trusted(style)}</style>
</head>
<body${count > LARGE ? markup` class="large"` : ""}>
${header(result, notes)}
<main>
${figureSection(result, figures)}
<h2 id="groups">Tokens by group</h2>
${whole ? groupSections(groups, swatches) : groupLists(groups, swatches)}
<h2 id="tokens">All tokens</h2>
${whole ? tokenTable(result, swatches) : searchedTable(result, swatches)}
<h2 id="parameters">Parameters</h2>
${parameterTable(result)}
${again(result)}
</main>
<footer>Made by Tokenscape ${result.tokenscape}.</footer>
<script>${trusted(whole ? script : largeScript)}</script>
</body>
</html>
`;
  return page.html;
}

function header(result: ResultJson, notes: readonly string[]): Markup {
  const { model, dbscan } = result;
  const matrix = model.matrix === null ? "" : ` (${matrixPhrase(model)})`;
  const remarks = [
    ...notes.map((note) => remark("Note", note)),
    ...(dbscan.advice === null ? [] : [remark("About eps", dbscan.advice)]),
  ];
  return markup`<header>
<h1>The tokens of <bdi>${model.name}</bdi></h1>
<p class="lead">${summary(result)} Tensor <bdi><code>${model.tensor}</code></bdi>${matrix}, <bdi>${rowsPhrase(result.rows, result.tokens.length)}</bdi>.</p>
<nav aria-label="Contents"><ul><li><a href="#figures">Figures</a></li><li><a href="#groups">Tokens by group</a></li><li><a href="#tokens">All tokens</a></li><li><a href="#parameters">Parameters</a></li><li><a href="#again">How to make this again</a></li></ul></nav>${remarks}
</header>`;
}

function remark(subject: string, text: string): Markup {
  return markup`
<p class="remark" role="note"><strong>${subject}:</strong> ${text}</p>`;
}

function figureSection(result: ResultJson, figures: ReportParts["figures"]): Markup {
  const made = result.tsne === null ? "the given coordinates" : "the t-SNE map";
  const marks =
    result.tokens.length > LARGE
      ? "dots in a group's colour; grey ones are tokens in no group."
      : `${result.dbscan.clusters === 0 ? "" : "lines lead to each group's centroid, "}a plus sign is a token in no group.`;
  const note =
    result.tsne === null
      ? "The coordinates were given; what distances on the map mean depends on how they were made."
      : mapNote;
  return markup`<h2 id="figures">Figures</h2>
<p class="note">${note}</p>
${figure(figures.embeddings, "embeddings", "The embeddings", "Every row is a token, every column a dimension; the Gram matrix holds the dot products of all pairs of tokens.")}
${figure(figures.map, "map", "Gram matrix and map", `The same Gram matrix beside ${made}: every dot is a token.`)}
${figure(figures.clusters, "clusters", "Groups", `DBSCAN's groups on ${made}: ${marks}`)}`;
}

function figure(svg: string, name: string, title: string, text: string): Markup {
  return markup`<figure id="figure-${name}">
<div class="picture" tabindex="0" role="group" aria-label="${title}">
${inlineSvg(svg)}
</div>
<figcaption><strong>${title}.</strong> ${text}</figcaption>
</figure>`;
}

/**
 * A figure is our own well-formed XML, every text in it escaped; HTML wants it without a prolog.
 */
function inlineSvg(svg: string): Markup {
  const start = svg.indexOf("<svg");
  if (!/^\s*(?:<\?xml[^>]*>\s*)?$/.test(svg.slice(0, Math.max(0, start))) || start === -1) {
    throw typeError(
      `reportHtml: expected an SVG document, got ${JSON.stringify(svg.slice(0, 40))}`,
    );
  }
  return trusted(svg.slice(start).trimEnd());
}
