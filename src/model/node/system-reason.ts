const REASONS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EDQUOT: "no space left in your share of the disk",
  EEXIST: "something else has this name",
  EFBIG: "a file would be larger than is allowed",
  EIO: "the disk fails",
  EISDIR: "it is a folder",
  ELOOP: "links lead in a circle",
  EMFILE: "too many open files",
  ENAMETOOLONG: "the name is too long",
  ENOENT: "no such file or folder",
  ENOSPC: "no space left on the disk",
  ENOTDIR: "a part of the path is not a folder",
  EPERM: "not permitted",
  EROFS: "the file system can only be read",
};

/** A refusal of the operating system. */
export interface SystemError extends Error {
  readonly code: string;
  readonly syscall: string;
  readonly path?: string;
}

export function isSystemError(error: unknown): error is SystemError {
  if (!(error instanceof Error) || !("code" in error)) return false;
  return "syscall" in error && typeof error.syscall === "string";
}

/** Why the operating system refused, in words, or by its code if that has none; undefined for other errors. */
export function systemReason(error: unknown): string | undefined {
  return isSystemError(error) ? (REASONS[error.code] ?? error.code) : undefined;
}
