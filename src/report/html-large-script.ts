/**
 * The script of a report on very many tokens: searches and sorts them all, and shows the first 500 found. It
 * only writes text, never makes HTML from text.
 */
export const largeScript: string = `
"use strict";
const SHOWN = 500;
const data = JSON.parse(document.getElementById("data").textContent);
const table = document.getElementById("token-table");
const search = document.getElementById("search");
const found = document.getElementById("found");
const words = data.token.map((token, i) => (data.id[i] + " " + token + " " + data.bytes[i]).toLowerCase());
let order = words.map((_, i) => i);
function element(name, className, ...children) {
  const made = document.createElement(name);
  if (className !== "") made.className = className;
  made.append(...children);
  return made;
}
function swatch(group) {
  if (group === -1) return element("span", "noise");
  const made = element("span", "swatch circle");
  made.style.background = data.colors[group];
  return made;
}
function number(text) {
  return element("td", "number", text);
}
function place(value) {
  return number(value.toFixed(data.decimals));
}
function row(i) {
  const group = data.group[i];
  const name = element("th", "", element("bdi", "", element("code", "", data.token[i])));
  name.scope = "row";
  const cells = [number(data.id[i]), name, element("td", "", element("code", "", data.bytes[i])), place(data.x[i]), place(data.y[i])];
  cells.push(element("td", "number", swatch(group), group === -1 ? "none" : group), element("td", "", data.core[i] ? "core" : ""));
  if (data.occurrences) cells.push(number(data.occurrences[i] < 0 ? "" : data.occurrences[i]));
  return element("tr", "", ...cells);
}
function digits(count) {
  return String(count).replace(/\\B(?=(\\d{3})+$)/g, ",");
}
function show() {
  const wanted = search.value.toLowerCase();
  const rows = [];
  let count = 0;
  for (const i of order) {
    if (!words[i].includes(wanted)) continue;
    if (count++ < SHOWN) rows.push(row(i));
  }
  table.tBodies[0].replaceChildren(...rows);
  const first = count > SHOWN ? ", the first " + SHOWN + " are shown" : "";
  found.textContent = digits(count) + " of " + digits(words.length) + first;
}
search.addEventListener("input", show);
const columns = ["id", "token", "bytes", "x", "y", "group", "core", "occurrences"];
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
    const keys = data[columns[column]];
    order.sort((i, j) => (keys[i] < keys[j] ? -1 : keys[i] > keys[j] ? 1 : 0) * (down ? -1 : 1) || i - j);
    show();
  });
});
document.getElementById("shown").hidden = true;
document.getElementById("tools").hidden = false;
show();
`;

/**
 * SHA-256 of the script in base64, for the page's content security policy; a test holds it equal.
 */
export const largeScriptHash: string = "gfc9WvOEy9RKC3QiLlVJOBArbjlyf/PcuhGdZVokY/0=";
