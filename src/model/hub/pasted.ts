import { isInside } from "../files.ts";
import { isRepoName, parseHubId } from "./id.ts";

/** A model on the hub, and the file in it, that an address names. */
export interface PastedAddress {
  /** As `openModel` takes it: `"org/name"`, `"org/name@revision"`; `main` is left out. */
  readonly id: string;
  /** The file's path within the model; undefined if none is named. */
  readonly path: string | undefined;
}

const PAGE = /^(?:https?:\/\/)?(?:www\.)?(?:huggingface\.co|hf\.co)\/([^?#]*)/i;
const SCHEME = /^hf:\/\/(?:models\/)?/i;
/** What the hub's addresses have between a model and a revision. */
const VIEWS = ["tree", "blob", "resolve", "raw"];
/** What else the hub has under two names, and is no model. */
const NO_MODELS = ["datasets", "spaces", "docs", "papers", "collections"];

/**
 * The model that is meant where somebody gives a page of the hub (`https://huggingface.co/org/name/tree/main`),
 * `hf://org/name@revision/file`, or an id with a file or a slash after it. Nothing is opened by it: it is
 * for errors, which say what to write. Undefined for anything else.
 */
export function pastedAddress(source: string): PastedAddress | undefined {
  const page = PAGE.exec(source)?.[1];
  const rest = page ?? source.replace(SCHEME, "");
  const whole = page !== undefined || rest !== source;
  let parts: string[];
  try {
    parts = rest.replace(/\/+$/, "").split("/").map(decodeURIComponent);
  } catch {
    return undefined; // no address: % without digits
  }
  if (NO_MODELS.includes(parts[0]!)) return undefined;
  // models without an organisation have one name: gpt2, gpt2/tree/main
  const names = parts.length === 1 || VIEWS.includes(parts[1]!) ? 1 : 2;
  if (!whole && names === 1 && parts.length === 1) return undefined;
  const [name = "", revision] = parts.slice(0, names).join("/").split("@");
  const inside = parts.slice(names);
  const viewed = revision === undefined && VIEWS.includes(inside[0]!) ? inside[1] : undefined;
  const path = (viewed === undefined ? inside : inside.slice(2)).join("/");
  return address(name, revision ?? viewed, path);
}

function address(
  name: string,
  revision: string | undefined,
  path: string,
): PastedAddress | undefined {
  const id = revision === undefined || revision === "main" ? name : `${name}@${revision}`;
  if (!isRepoName(name)) return undefined;
  try {
    parseHubId(id);
  } catch {
    return undefined; // a revision that no branch could have
  }
  return { id, path: isInside(path) ? path : undefined };
}
