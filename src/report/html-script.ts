/**
 * The report's script: a search field and sortable columns for the token table. The page is whole
 * without it. It only reads text and moves rows, never makes HTML from text.
 */
export const script: string = `
"use strict";
const table = document.getElementById("token-table");
const body = table.tBodies[0];
const rows = Array.from(body.rows);
const search = document.getElementById("search");
const found = document.getElementById("found");
const keys = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));
search.addEventListener("input", () => {
  const wanted = search.value.toLowerCase();
  let count = 0;
  for (const row of rows) {
    row.hidden = !keys.get(row).includes(wanted);
    if (!row.hidden) count++;
  }
  found.textContent = wanted === "" ? "" : count + " of " + rows.length;
});
const headers = Array.from(table.tHead.rows[0].cells);
headers.forEach((header, column) => {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = header.textContent;
  header.replaceChildren(button);
  button.addEventListener("click", () => {
    const down = header.getAttribute("aria-sort") === "ascending";
    for (const other of headers) other.removeAttribute("aria-sort");
    header.setAttribute("aria-sort", down ? "descending" : "ascending");
    const numeric = header.className === "number";
    const key = (row) => {
      const text = row.cells[column].textContent;
      return !numeric ? text : text === "" ? -2 : Number.isNaN(Number(text)) ? -1 : Number(text);
    };
    const sorted = rows.map((row, i) => ({ row, i, key: key(row) }));
    sorted.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0) * (down ? -1 : 1) || a.i - b.i);
    body.append(...sorted.map(({ row }) => row));
  });
});
document.getElementById("tools").hidden = false;
`;

/**
 * SHA-256 of the script in base64, for the page's content security policy; a test holds it equal.
 */
export const scriptHash: string = "p/LsWX0cLvUO/1QAAmPeD6Q9vjEMFbuCPAIaRD+QnQI=";
