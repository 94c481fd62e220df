import { type Markup, trusted } from "./markup.ts";

/** A start tag of well-formed XML; quoted values may hold `>`. */
const START_TAG = /<[A-Za-z](?:[^"'>]|"[^"]*"|'[^']*')*>/g;

/**
 * A figure as part of an HTML page: without its XML prolog, and with `prefix` before every id and every reference
 * to one, because ids of several figures share the page. Only tags are touched, never text.
 *
 * @param svg An SVG document made by the figures; it is trusted to be well-formed.
 * @throws {TypeError} if it is not an SVG document.
 */
export function inlineSvg(svg: string, prefix: string): Markup {
  const element = svg.replace(/^\uFEFF?(?:\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>]*>)*/s, "");
  if (!element.startsWith("<svg")) {
    throw new TypeError(
      `inlineSvg: expected an SVG document, got ${JSON.stringify(svg.slice(0, 40))}`,
    );
  }
  return trusted(element.trimEnd().replace(START_TAG, (tag) => prefixed(tag, prefix)));
}

function prefixed(tag: string, prefix: string): string {
  if (!tag.includes("id=") && !tag.includes("#") && !tag.includes("aria-")) return tag;
  return tag
    .replace(/(\sid=["'])/g, `$1${prefix}`)
    .replace(/(\s(?:xlink:)?href=["']#)/g, `$1${prefix}`)
    .replace(/(url\(["']?#)/g, `$1${prefix}`)
    .replace(
      /(\saria-(?:labelledby|describedby)=["'])([^"']*)/g,
      (_, start: string, ids: string) => {
        return start + ids.replace(/[^\s]+/g, (id) => prefix + id);
      },
    );
}
