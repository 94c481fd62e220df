import { HubError } from "../../errors.ts";
import { isCommit } from "./id.ts";
import { askedWait, isPassingCode, isPassingStatus, markPassing } from "./retry.ts";

/** How the user sets what messages advise to set. */
export interface HubSettingNames {
  readonly token: string;
  readonly endpoint: string;
  /** The time after which silence is a fault. */
  readonly idle: string;
}

export const OPTION_NAMES: HubSettingNames = {
  ...{ token: "the option token", endpoint: "the option endpoint", idle: "the option patience" },
};

export const VARIABLE_NAMES: HubSettingNames = {
  ...{ token: "HF_TOKEN", endpoint: "HF_ENDPOINT", idle: "HF_HUB_DOWNLOAD_TIMEOUT (seconds)" },
};

/** What a request was about, for the line that says why it failed. */
export interface HubSubject {
  readonly repo: string;
  readonly revision: string;
  /** The file asked for; undefined for the model itself. */
  readonly path?: string | undefined;
  readonly endpoint: string;
  /** Where the token sent came from (`"HF_TOKEN"`); undefined if none was sent. */
  readonly tokenFrom?: string | undefined;
  readonly names: HubSettingNames;
}

/**
 * The hub's refusal as one line that says what to do.
 *
 * The hub tells its reasons apart by `X-Error-Code`; without one, the status decides as in Python's
 * `hf_raise_for_status`: 401 is also the answer for a model that does not exist.
 *
 * @param response An answer of the hub itself, not of a server that it redirects to.
 */
export function refusalError(response: Response, subject: HubSubject): HubError {
  const { status, headers } = response;
  const reason = headers.get("X-Error-Code") ?? "";
  const message = headers.get("X-Error-Message") ?? "";
  const said = (text: string): HubError => new HubError(text, { url: pageOf(subject), status });

  if (reason === "GatedRepo") return said(gatedLine(subject));
  if (reason === "RevisionNotFound") return said(revisionLine(subject));
  if (message === "Access to this resource is disabled.") {
    return said(`${subject.repo} has been disabled by the hub: see ${pageOf(subject)}`);
  }
  if (status === 401 && message.startsWith("Invalid credentials")) {
    return said(tokenLine(subject));
  }
  if (status === 404 && reason !== "RepoNotFound" && subject.path !== undefined) {
    return said(`${subject.endpoint} does not find ${subject.path} of ${subject.repo}`);
  }
  if (reason === "RepoNotFound" || status === 401 || status === 404) {
    return said(unknownLine(subject));
  }
  if (status === 403) {
    return said(
      `${subject.endpoint} forbids ${subject.repo}${withToken(subject)}: see ${pageOf(subject)}`,
    );
  }
  return statusError(response, subject.endpoint, pageOf(subject));
}

/** An answer that is no success, from the hub or from where it redirected to. */
export function statusError(response: Response, who: string, url: string): HubError {
  const { status } = response;
  if (status === 416) {
    return new HubError(`${who} has fewer bytes of the file than were asked for: ${url}`, {
      url,
      status,
    });
  }
  const wait = askedWait(response.headers);
  const when = wait === undefined ? "later" : `in ${Math.ceil(wait / 1000)} seconds`;
  const advice = isPassingStatus(status) || status >= 500 ? `: try again ${when}` : "";
  const words = status === 429 ? "asks for fewer requests" : "fails";
  return new HubError(`${who} ${words} (status ${status})${advice}`, { url, status });
}

/** Codes of certificates that are refused: signed by nobody known, for another name, too old. */
const CERTIFICATE =
  /^(?:CERT_|ERR_TLS_CERT|DEPTH_ZERO_SELF_SIGNED|SELF_SIGNED|UNABLE_TO_(?:GET|VERIFY))/;

/** No answer came: the name is unknown, nobody listens. */
export function networkError(
  cause: unknown,
  {
    endpoint,
    url,
    proxied,
    names,
    answered = false,
  }: {
    endpoint: string;
    url: string;
    proxied: boolean;
    names: HubSettingNames;
    /** The address gave an answer before. */
    answered?: boolean;
  },
): HubError {
  if (globalThis.navigator?.onLine === false) {
    const line = `${endpoint} cannot be reached: this machine is offline`;
    return new HubError(line, { url, cause });
  }
  const fault = faultOf(cause);
  if (CERTIFICATE.test(fault)) {
    const line = `${endpoint} is not trusted (${fault}): if a proxy of your network signs for it, name that proxy's certificate in NODE_EXTRA_CA_CERTS`;
    return new HubError(line, { url, cause });
  }
  const proxy = proxied ? ", the proxy (HTTPS_PROXY, NO_PROXY)" : "";
  const error = new HubError(
    `${endpoint} cannot be reached (${fault}): check the network${proxy}, or ${names.endpoint} if the hub is elsewhere${hidden(cause)}`,
    { url, cause },
  );
  return isPassingCause(cause, answered) ? markPassing(error) : error;
}

/** An answer began and did not end. */
export function brokenError(cause: unknown, endpoint: string, url: string): HubError {
  return markPassing(
    new HubError(`the answer of ${endpoint} broke off (${faultOf(cause)}): try again`, {
      url,
      cause,
    }),
  );
}

/** Nothing came for some milliseconds. */
export function silenceError(
  idle: number,
  { endpoint, url, names }: { endpoint: string; url: string; names: HubSettingNames },
): HubError {
  const line = `${endpoint} has sent nothing for ${idle / 1000} seconds: try again later, or give it longer by ${names.idle}`;
  return markPassing(new HubError(line, { url, cause: new Error("idle time-out") }));
}

/** Where a fault has no code, as in browsers, it may pass if the address gave an answer before. */
function isPassingCause(cause: unknown, answered: boolean): boolean {
  const code = codeOf(cause);
  return code === undefined ? answered : isPassingCode(code);
}

function codeOf(cause: unknown): string | undefined {
  for (let error = cause; error instanceof Error; error = error.cause) {
    const { code } = error as Error & { code?: unknown };
    if (typeof code === "string") return code;
  }
  return undefined;
}

/** Browsers say nothing more of a request that failed, whatever it was. */
function hidden(cause: unknown): string {
  const isBare = cause instanceof TypeError && cause.cause === undefined;
  return isBare ? "; or it does not let pages of other sites ask (CORS)" : "";
}

/** The page where people look at the model. */
function pageOf({ endpoint, repo }: Pick<HubSubject, "endpoint" | "repo">): string {
  return `${endpoint}/${repo}`;
}

/** What engines say of failed requests without a code. Other words may repeat an address with a secret in it. */
const PLAIN_FAULTS: ReadonlySet<string> = new Set([
  ...["fetch failed", "terminated", "bad port"],
  ...["Failed to fetch", "network error", "Load failed"],
  "NetworkError when attempting to fetch resource.",
]);

/** The system's code for a failed request, such as `ECONNREFUSED`, or else what is known to be said. */
function faultOf(cause: unknown): string {
  for (let error = cause; error instanceof Error; error = error.cause) {
    const { code } = error as Error & { code?: unknown };
    const refusal = /^Proxy response \((\d+)\)/.exec(error.message);
    if (refusal !== null) return `the proxy answers with status ${refusal[1]}`;
    if (typeof code === "string") return code;
    if (PLAIN_FAULTS.has(error.message) && !(error.cause instanceof Error)) return error.message;
  }
  return "no reason given";
}

function revisionLine({ repo, revision, path, ...where }: HubSubject): string {
  const page = pageOf({ repo, ...where });
  // files are asked for by a commit that the hub named before; its history may have been written anew
  if (path !== undefined) {
    return `${repo} has no commit ${revision} any more: run again with refresh for the one that is there now`;
  }
  return isCommit(revision)
    ? `${repo} has no commit ${revision}: see ${page}/commits/main, or run again with refresh if it was known from before`
    : `${repo} has no branch, tag or commit "${revision}": see ${page}/tree/main`;
}

function gatedLine(subject: HubSubject): string {
  const page = pageOf(subject);
  return subject.tokenFrom === undefined
    ? `${subject.repo} is gated: ask for access at ${page}, then set ${subject.names.token} to a token of yours`
    : `${subject.repo} is gated, and the token (${subject.tokenFrom}) has no access: ask for it at ${page}`;
}

function tokenLine(subject: HubSubject): string {
  const from = subject.tokenFrom === undefined ? "" : ` (${subject.tokenFrom})`;
  return `${subject.endpoint} refuses the token${from}: make a new one at ${subject.endpoint}/settings/tokens, or go without`;
}

function unknownLine(subject: HubSubject): string {
  return subject.tokenFrom === undefined
    ? `${subject.repo} is not on ${subject.endpoint}, or is private: check the name, or set ${subject.names.token} if it is private`
    : `${subject.repo} is not on ${subject.endpoint}, or the token (${subject.tokenFrom}) may not see it: check the name`;
}

function withToken({ tokenFrom, names }: HubSubject): string {
  return tokenFrom === undefined
    ? ` without a token (${names.token})`
    : ` to the token (${tokenFrom})`;
}
