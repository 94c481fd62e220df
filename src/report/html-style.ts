/** The report's style sheet: light and dark, narrow and wide, screen and paper. */
export const style: string = `
:root {
  color-scheme: light dark;
  --ink: #1c2024; --soft: #5a6370; --line: #d9dde3; --page: #ffffff; --card: #f5f6f8; --link: #0b57b0;
  --advice: #fff4d6; --advice-line: #c98a00;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e8eaed; --soft: #a3acb8; --line: #3a414b; --page: #15181c; --card: #20252b; --link: #8ab8ff;
    --advice: #3a2f10; --advice-line: #e0a526;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 1.5rem clamp(1rem, 4vw, 3rem) 3rem; max-width: 76rem;
  background: var(--page); color: var(--ink); overflow-wrap: anywhere;
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
}
h1 { margin: 0; font-size: 1.9rem; line-height: 1.2; }
h2 { margin: 2.5rem 0 .75rem; padding-top: .75rem; border-top: 1px solid var(--line); font-size: 1.35rem; }
h3 { margin: 1.4rem 0 .4rem; font-size: 1.05rem; }
p { max-width: 46rem; margin: .5rem 0; }
a { color: var(--link); }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin: .75rem 0 0; padding: 0; list-style: none; }
.lead { color: var(--soft); font-size: 1.1rem; }
.note { color: var(--soft); }
.remark { padding: .75rem 1rem; background: var(--advice); border-left: 4px solid var(--advice-line); }
figure { margin: 1.25rem 0 2rem; }
figcaption { margin: .5rem 0; max-width: 46rem; }
.picture { overflow-x: auto; padding: .5rem; background: #fff; color: #000; border: 1px solid var(--line); border-radius: 6px; }
.picture svg { display: block; width: 100%; min-width: 44rem; height: auto; margin: 0 auto; }
code, pre { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: .92em; }
pre { overflow-x: auto; padding: .75rem 1rem; background: var(--card); border-radius: 6px; }
.swatch, .noise { display: inline-block; width: .8em; height: .8em; margin-right: .45em; }
.swatch { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.circle { border-radius: 50%; }
.square { clip-path: inset(6%); }
.up { clip-path: polygon(50% 0, 100% 92%, 0 92%); }
.down { clip-path: polygon(50% 100%, 100% 8%, 0 8%); }
.hexagon { clip-path: polygon(26% 7%, 74% 7%, 100% 50%, 74% 93%, 26% 93%, 0 50%); }
.noise::before { content: "+"; font-weight: 700; line-height: .8; }
.large .noise { border-radius: 50%; background: #8c8c8c; }
.large .noise::before { content: none; }
.tokens { display: flex; flex-wrap: wrap; gap: .3rem; margin: 0; padding: 0; list-style: none; }
.tokens li { padding: .05rem .45rem; background: var(--card); border: 1px solid var(--line); border-radius: 4px; max-width: 100%; }
.tokens .more { background: none; border-color: transparent; color: var(--soft); }
.unseen code { color: var(--soft); }
.mark { color: var(--soft); font-size: .8em; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
#token-table { overflow-wrap: normal; }
#token-table code { display: inline-block; max-width: 24rem; overflow-wrap: break-word; }
th, td { padding: .2rem .9rem .2rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th { font-weight: 600; }
tbody th { font-weight: 400; }
.number { text-align: right; white-space: nowrap; }
.facts th { color: var(--soft); white-space: nowrap; }
th button { all: unset; cursor: pointer; font-weight: 600; text-decoration: underline dotted; }
th button:focus-visible { outline: 2px solid var(--link); }
th[aria-sort=ascending] button::after { content: " \\2191"; }
th[aria-sort=descending] button::after { content: " \\2193"; }
input { font: inherit; padding: .25rem .5rem; max-width: 100%; }
.large section, .large .scroll { content-visibility: auto; contain-intrinsic-size: auto 40rem; }
footer { margin-top: 3rem; color: var(--soft); font-size: .9rem; }
@media print {
  :root { --ink: #000; --soft: #444; --line: #bbb; --page: #fff; --card: #fff; --link: #000; --advice: #fff; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  nav, .tools { display: none; }
  .scroll { overflow: visible; }
  thead { display: table-header-group; }
  figure, .remark, tr, .facts { break-inside: avoid; }
  .large section, .large .scroll { content-visibility: visible; }
  .picture { border: 0; padding: 0; overflow: visible; }
  .picture svg { min-width: 0; }
  h2, h3 { break-after: avoid; }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; }
}
`;
