/**
 * Lists and table of a report on so many tokens that a browser could not show them all: lists name the
 * first of the largest groups, and say how many more there are; the table holds every token as data, from
 * which its script shows those that are looked for.
 */
import { groupDigits } from "../text/numbers.ts";
import { visible } from "../text/visible.ts";
import { groupTitle, largestGroups, type TokenGroup } from "./groups.ts";
import {
  anyUnseen,
  checkedColor,
  decimalsOf,
  fixed,
  type Swatches,
  swatch,
  tableHead,
  tokenItem,
  tokenRow,
  unseenNote,
} from "./html-tokens.ts";
import { type Markup, markup, trusted } from "./markup.ts";
import type { ResultJson, TokenJson } from "./result.ts";

/** From so many tokens on, a page does not hold an element for every token. */
export const TOO_MANY = 10_000;
/** Most groups that are listed, and tokens of each. */
export const LISTED = { groups: 200, tokens: 60 } as const;
/** Rows of the table that are shown at a time; the script has the same number. */
export const SHOWN_ROWS = 500;

/** The lists of the largest groups, ungrouped tokens first. */
export function groupLists(groups: readonly TokenGroup[], swatches: Swatches): Markup {
  const listed = largestGroups(groups, LISTED.groups);
  const sections = listed.map(
    (group) => markup`
<section>
<h3>${swatch(group.label, swatches)}${groupTitle(group)}</h3>
<ul class="tokens">
${group.tokens.slice(0, LISTED.tokens).map(tokenItem)}${more(group.tokens.length - LISTED.tokens)}</ul>
</section>`,
  );
  const which =
    listed.length < groups.length
      ? `The ${groupDigits(listed.length - 1)} largest of ${groupDigits(groups.length - 1)} groups, the`
      : "The";
  return markup`<p class="note">${which} largest first, each by its first ${LISTED.tokens} tokens; tokens.csv and result.json have every token with its group.</p>
${groups.some(({ tokens }) => anyUnseen(tokens)) ? unseenNote() : ""}${sections}`;
}

function more(count: number): Markup | "" {
  if (count <= 0) return "";
  return markup`<li class="more">and ${groupDigits(count)} more</li>
`;
}

/** The table with its first rows, and all tokens as data for its script. */
export function searchedTable({ tokens }: ResultJson, swatches: Swatches): Markup {
  const counted = tokens.some(({ occurrences }) => occurrences !== undefined);
  const decimals = decimalsOf(tokens);
  const rows = tokens
    .slice(0, SHOWN_ROWS)
    .map((token) => tokenRow(token, { counted, decimals }, swatches));
  return markup`
<p class="note" id="shown">The first ${SHOWN_ROWS} of ${groupDigits(tokens.length)} tokens; tokens.csv and result.json have them all.</p>
<p id="tools" class="tools" hidden><label>Search <input id="search" type="search" autocomplete="off"></label> <span id="found" role="status"></span></p>
<div class="scroll" tabindex="0" role="region" aria-label="Table of tokens">
<table id="token-table">
${tableHead(counted)}
<tbody>
${rows}</tbody>
</table>
</div>
<script type="application/json" id="data">${trusted(tableData(tokens, { counted, decimals }, swatches))}</script>`;
}

/** Columns of all tokens as JSON that can stand in a script element. */
function tableData(
  tokens: readonly TokenJson[],
  { counted, decimals }: { counted: boolean; decimals: number },
  { colorOf }: Swatches,
): string {
  const groups = tokens.reduce((most, { cluster }) => Math.max(most, cluster), -1) + 1;
  const members = [
    `"decimals":${decimals}`,
    `"colors":${JSON.stringify(Array.from({ length: groups }, (_, label) => checkedColor(colorOf(label))))}`,
    column("id", tokens, ({ id }) => `${id}`),
    column("token", tokens, ({ display }) => JSON.stringify(visible(display))),
    column("bytes", tokens, ({ bytes }) => JSON.stringify(bytes)),
    column("x", tokens, ({ x }) => `${Number(fixed(x, decimals))}`),
    column("y", tokens, ({ y }) => `${Number(fixed(y, decimals))}`),
    column("group", tokens, ({ cluster }) => `${cluster}`),
    column("core", tokens, ({ core }) => (core ? "1" : "0")),
    ...(counted
      ? [column("occurrences", tokens, ({ occurrences }) => `${occurrences ?? -1}`)]
      : []),
  ];
  // no tag may begin or end in here
  return `{${members.join(",\n")}}`.replaceAll("<", "\\u003c");
}

function column(
  name: string,
  tokens: readonly TokenJson[],
  value: (token: TokenJson) => string,
): string {
  return `"${name}":[${tokens.map(value).join(",")}]`;
}
