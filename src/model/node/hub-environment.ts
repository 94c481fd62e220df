import { readFile } from "node:fs/promises";
import { homedir, userInfo } from "node:os";
import { join } from "node:path";

/** Variables by name, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What options and environment say about the hub. */
export interface HubSettings {
  /** Address of the hub; undefined for the usual one. */
  readonly endpoint: string | undefined;
  readonly token: string | undefined;
  /** Where the token was found, for messages. */
  readonly tokenFrom: string | undefined;
  /** Why nothing may be asked of the network (`"HF_HUB_OFFLINE"`); undefined if it may. */
  readonly offline: string | undefined;
  /** Milliseconds of silence after which a connection is given up; undefined for the usual. */
  readonly idle: number | undefined;
  /** The cache of Python's huggingface_hub. */
  readonly hubCache: string;
  /** Our own cache, of pieces of files. */
  readonly cacheDir: string;
}

export interface HubSettingsOptions {
  readonly endpoint?: string | undefined;
  readonly token?: string | undefined;
  readonly offline?: boolean | undefined;
  readonly cacheDir?: string | undefined;
  /** Default: `process.env`. */
  readonly env?: Environment | undefined;
  /** Default: `process.platform`. */
  readonly platform?: string | undefined;
}

/**
 * Reads the variables that Python's huggingface_hub reads, with its meanings: HF_ENDPOINT; HF_TOKEN,
 * HUGGING_FACE_HUB_TOKEN, then the file HF_TOKEN_PATH, default HF_HOME/token, none of them with
 * HF_HUB_DISABLE_IMPLICIT_TOKEN; HF_HUB_CACHE, HUGGINGFACE_HUB_CACHE, default
 * HF_HOME/hub; HF_HOME, default XDG_CACHE_HOME/huggingface; HF_HUB_OFFLINE, TRANSFORMERS_OFFLINE;
 * HF_HUB_DOWNLOAD_TIMEOUT (seconds of silence). In paths `~`, `$NAME` and `${NAME}` are expanded. An
 * empty variable is as good as none, HOME too, where Python takes `/`. Options come before variables; offline is what either of the two asks for.
 */
export async function hubSettings(options: HubSettingsOptions = {}): Promise<HubSettings> {
  const env = options.env ?? process.env;
  // Python asks for HOME everywhere but on Windows, where other programs set it
  const isWindows = (options.platform ?? process.platform) === "win32";
  const home = (isWindows && env.USERPROFILE) || env.HOME || accountHome();
  const folder = (path: string): string => expanded(path, home, env);
  const caches = folder(env.XDG_CACHE_HOME || join(home, ".cache"));
  const hfHome = folder(env.HF_HOME || join(caches, "huggingface"));
  const hubCache = env.HF_HUB_CACHE || env.HUGGINGFACE_HUB_CACHE || join(hfHome, "hub");
  return {
    endpoint: options.endpoint ?? (env.HF_ENDPOINT || undefined),
    ...(await findToken(options.token, env, folder(env.HF_TOKEN_PATH || join(hfHome, "token")))),
    offline: options.offline ? "--offline (option offline)" : offlineVariable(env),
    idle: seconds(env.HF_HUB_DOWNLOAD_TIMEOUT),
    hubCache: folder(hubCache),
    cacheDir: options.cacheDir ?? join(caches, "tokenscape"),
  };
}

/** Never empty: a cache must not land in whatever the current folder is. */
function accountHome(): string {
  try {
    return homedir() || userInfo().homedir || "/";
  } catch {
    // a container may run as a user without an account
    return "/";
  }
}

/** As Python's `expanduser` and then `expandvars` have it: a name that is not set stays as it is. */
function expanded(path: string, home: string, env: Environment): string {
  return path
    .replace(/^~(?=$|[\\/])/, () => home)
    .replace(/\$(?:\{([^{}]*)\}|(\w+))/g, (text, braced, bare) => {
      const name = braced ?? bare;
      return (Object.hasOwn(env, name) ? env[name] : undefined) ?? text;
    });
}

function seconds(value: string | undefined): number | undefined {
  return /^[1-9]\d{0,5}$/.test(value ?? "") ? Number(value) * 1000 : undefined;
}

async function findToken(
  given: string | undefined,
  env: Environment,
  path: string,
): Promise<Pick<HubSettings, "token" | "tokenFrom">> {
  if (given !== undefined) return { token: given, tokenFrom: "the option token" };
  if (isTrue(env.HF_HUB_DISABLE_IMPLICIT_TOKEN)) return { token: undefined, tokenFrom: undefined };
  for (const tokenFrom of ["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"]) {
    const token = env[tokenFrom]?.trim();
    if (token) return { token, tokenFrom };
  }
  const kept = (await readFile(path, "utf8").catch(() => "")).trim();
  return kept === ""
    ? { token: undefined, tokenFrom: undefined }
    : { token: kept, tokenFrom: path };
}

/** The variable that forbids the network; the second counts where the first says nothing. */
function offlineVariable(env: Environment): string | undefined {
  const name = env.HF_HUB_OFFLINE ? "HF_HUB_OFFLINE" : "TRANSFORMERS_OFFLINE";
  return isTrue(env[name]) ? name : undefined;
}

function isTrue(value: string | undefined): boolean {
  return /^(?:1|on|yes|true)$/i.test(value ?? "");
}
