import { visible } from "../text/visible.ts";

/**
 * HTML that is ready to stand in a page. Made by `markup` alone, and by `trusted` for HTML of our
 * own.
 */
export class Markup {
  readonly html: string;

  constructor(html: string) {
    this.html = html;
  }
}

/** What may stand in a template: texts and numbers are escaped, markup stands as it is. */
export type Part = string | number | Markup | readonly Part[];

/**
 * HTML from a template, into which every value goes escaped: `` markup`<b>${token}</b>` ``. The one
 * way from text to HTML in the report; attributes must be quoted.
 */
export function markup(template: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  let html = template[0]!;
  parts.forEach((part, i) => {
    html += partHtml(part) + template[i + 1]!;
  });
  return new Markup(html);
}

/** HTML that was made with care elsewhere: a style sheet, a script, a figure. */
export function trusted(html: string): Markup {
  return new Markup(html);
}

/**
 * A text for HTML content and quoted attributes, with everything that acts or can't be seen made
 * visible.
 */
export function escaped(text: string): string {
  return visible(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function partHtml(part: Part): string {
  if (part instanceof Markup) return part.html;
  return typeof part === "object" ? part.map(partHtml).join("") : escaped(`${part}`);
}
