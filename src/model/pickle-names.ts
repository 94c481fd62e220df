import { PickleName } from "./pickle-values.ts";

/** Python 2's names of modules. */
const RENAMED: ReadonlyMap<string, string> = new Map([
  ["__builtin__", "builtins"],
  ["copy_reg", "copyreg"],
]);

/** Names of `builtins` that make plain values; all others have no place among weights. */
const BUILTINS: ReadonlySet<string> = new Set([
  ...["bool", "bytearray", "bytes", "complex", "dict", "float", "frozenset", "getattr", "int"],
  ...[
    "list",
    "long",
    "object",
    "range",
    "set",
    "slice",
    "str",
    "tuple",
    "type",
    "unicode",
    "xrange",
  ],
  ...["Ellipsis", "NotImplemented"],
]);

/** Modules of Python's own that run code, commands or connections: no checkpoint needs them. */
const RUNNING: ReadonlySet<string> = new Set([
  ...["os", "posix", "nt", "subprocess", "pty", "sys", "shutil", "signal", "ctypes", "_ctypes"],
  ...["runpy", "importlib", "imp", "pkgutil", "zipimport", "code", "codeop", "compileall", "bdb"],
  ...["pdb", "timeit", "trace", "cProfile", "profile", "doctest", "idlelib", "lib2to3", "test"],
  ...["socket", "ssl", "http", "urllib", "urllib2", "httplib", "ftplib", "smtplib", "telnetlib"],
  ...["socketserver", "xmlrpc", "webbrowser", "asyncio", "multiprocessing", "threading", "_thread"],
  ...["pickle", "_pickle", "cPickle", "marshal", "shelve", "dill", "cloudpickle", "types", "gc"],
  ...["pip", "ensurepip", "venv", "distutils", "setuptools", "commands", "popen2", "platform"],
  ...["inspect", "tempfile", "fileinput", "glob", "atexit", "site", "sysconfig", "linecache"],
]);

/** The class or function of this name, in Python 3's spelling. */
export function pickleName(module: string, name: string): PickleName {
  return new PickleName(RENAMED.get(module) ?? module, name);
}

/**
 * True for names that only a pickle made to do harm would hold. Nothing is called here whatever the name;
 * but a file that would run `os.system` when Python loads it should not pass for a model.
 */
export function isHarmful({ module, name }: PickleName): boolean {
  if (module === "builtins") return !BUILTINS.has(name);
  return RUNNING.has(module.split(".", 1)[0]!);
}
