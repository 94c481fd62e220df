import { typeError } from "../errors.ts";
import type { Mark } from "../figures/cluster-style.ts";
import { groupTitle, type TokenGroup } from "./groups.ts";
import { type Markup, markup } from "./markup.ts";
import type { ResultJson, TokenJson } from "./result.ts";

/** How a cluster's points look in the figures, so that the report's swatches look the same. */
export interface Swatches {
  /** The CSS colour of a cluster. */
  readonly colorOf: (label: number) => string;
  /** The shape of its points. */
  readonly markOf: (label: number) => Mark;
}

/** The lists of tokens by group, as sections. */
export function groupSections(groups: readonly TokenGroup[], swatches: Swatches): Markup {
  const sections = groups.map(
    (group) => markup`
<section>
<h3>${swatch(group.label, swatches)}${groupTitle(group)}</h3>
<ul class="tokens">
${group.tokens.map(tokenItem)}</ul>
</section>`,
  );
  const someUnseen = groups.some(({ tokens }) => anyUnseen(tokens));
  return markup`${someUnseen ? unseenNote() : ""}${sections}`;
}

/** The table of all tokens, with the tools that the script brings to life. */
export function tokenTable({ tokens }: ResultJson, swatches: Swatches): Markup {
  const counted = tokens.some(({ occurrences }) => occurrences !== undefined);
  const decimals = decimalsOf(tokens);
  const rows = tokens.map((token) => tokenRow(token, { counted, decimals }, swatches));
  return markup`
<p id="tools" class="tools" hidden><label>Search <input id="search" type="search" autocomplete="off"></label> <span id="found" role="status"></span></p>
<div class="scroll" tabindex="0" role="region" aria-label="Table of all tokens">
<table id="token-table">
${tableHead(counted)}
<tbody>
${rows}</tbody>
</table>
</div>`;
}

/** The names of the table's columns. */
export function tableHead(counted: boolean): Markup {
  return markup`<thead><tr><th scope="col" class="number">id</th><th scope="col">token</th><th scope="col">bytes</th><th scope="col" class="number">x</th><th scope="col" class="number">y</th><th scope="col" class="number">group</th><th scope="col">core</th>${
    counted ? markup`<th scope="col" class="number">occurrences</th>` : ""
  }</tr></thead>`;
}

/** A token in a list. */
export function tokenItem(token: { id: number; display: string; occurrences?: number }): Markup {
  const mark = unseen(token)
    ? markup` <span class="mark" title="never seen in training">∅</span>`
    : "";
  return markup`<li${unseen(token) ? markup` class="unseen"` : ""} title="id ${token.id}">${tokenCode(token)}${mark}</li>
`;
}

/** A token in the table. */
export function tokenRow(
  token: TokenJson,
  { counted, decimals }: { counted: boolean; decimals: number },
  swatches: Swatches,
): Markup {
  const { id, bytes, x, y, cluster, core, occurrences } = token;
  const group = cluster === -1 ? "none" : `${cluster}`;
  return markup`<tr><td class="number">${id}</td><th scope="row">${tokenCode(token)}</th><td><code>${bytes}</code></td><td class="number">${fixed(x, decimals)}</td><td class="number">${fixed(y, decimals)}</td><td class="number">${swatch(cluster, swatches)}${group}</td><td>${core ? "core" : ""}</td>${
    counted ? markup`<td class="number">${occurrences ?? ""}</td>` : ""
  }</tr>
`;
}

/**
 * Decimals that show the map's largest coordinate with at least four digits; 2 for a map of tens.
 */
export function decimalsOf(tokens: readonly TokenJson[]): number {
  let largest = tokens.reduce((most, { x, y }) => Math.max(most, Math.abs(x), Math.abs(y)), 0);
  let decimals = 2;
  for (; largest < 10 && decimals < 12; decimals++) largest *= 10;
  return decimals;
}

/** A coordinate with so many decimals, zero without a sign. */
export function fixed(x: number, decimals: number): string {
  const text = x.toFixed(decimals);
  return /^-0\.0*$/.test(text) ? text.slice(1) : text;
}

function tokenCode({ display }: { display: string }): Markup {
  return markup`<bdi><code>${display}</code></bdi>`;
}

/** A sign that looks as the points of a cluster do in the figures. */
export function swatch(label: number, { colorOf, markOf }: Swatches): Markup {
  if (label === -1) return markup`<span class="noise"></span>`;
  const color = checkedColor(colorOf(label));
  return markup`<span class="swatch ${markOf(label)}" style="background:${color}"></span>`;
}

/** A colour goes into a style attribute, where escaping for HTML is not enough. */
export function checkedColor(color: string): string {
  if (/^(?:#[0-9a-f]{3,8}|[a-z]+|(?:rgb|hsl)a?\([\d\s.,%/]+\))$/i.test(color)) return color;
  throw typeError(`reportHtml: expected a CSS colour, got ${JSON.stringify(color)}`);
}

/** Whether training never saw some of the tokens. */
export function anyUnseen(tokens: readonly { occurrences?: number }[]): boolean {
  return tokens.some(unseen);
}

function unseen({ occurrences }: { occurrences?: number }): boolean {
  return occurrences === 0;
}

/** What the mark of tokens never seen means. */
export function unseenNote(): Markup {
  return markup`<p class="note"><span class="mark">∅</span> never seen in training: where such a token lies says nothing about its use.</p>`;
}
