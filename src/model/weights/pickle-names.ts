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
  ...["runpy", "importlib", "imp", "pkgutil", "zipimport", "codeop", "compileall", "bdb"],
  ...["pdb", "timeit", "cProfile", "doctest", "idlelib", "lib2to3"],
  ...["socket", "ssl", "http", "urllib", "urllib2", "httplib", "ftplib", "smtplib", "telnetlib"],
  ...["socketserver", "xmlrpc", "webbrowser", "asyncio", "multiprocessing", "threading", "_thread"],
  ...["pickle", "_pickle", "cPickle", "marshal", "shelve", "dill", "cloudpickle", "gc"],
  ...["pip", "ensurepip", "venv", "distutils", "setuptools", "popen2", "platform"],
  ...["inspect", "tempfile", "fileinput", "glob", "atexit", "sysconfig", "linecache"],
]);

/** Modules whose names a model's own code may have too (`code.Net`): of these, Python's own names that run code. */
const RUNNING_NAMES: ReadonlyMap<string, readonly string[]> = new Map([
  ["code", ["interact", "compile_command", "InteractiveConsole", "InteractiveInterpreter"]],
  ["commands", ["getoutput", "getstatus", "getstatusoutput"]],
  ["profile", ["run", "runctx", "Profile"]],
  ["site", ["main", "addpackage", "addsitedir", "execsitecustomize", "execusercustomize"]],
  ["trace", ["main", "Trace"]],
  // what a checkpoint may hold of it: SimpleNamespace, MappingProxyType
  ["types", ["CodeType", "FunctionType", "LambdaType"]],
]);

/** Python's own tests, some of which start programs; other packages are named test too. */
const PYTHON_TESTS = /^test\.(?:support|libregrtest|regrtest)(?:\.|$)/;

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
  if (RUNNING.has(module.split(".", 1)[0]!) || PYTHON_TESTS.test(module)) return true;
  // since protocol 4 a name may lead through a module that another one imports: torch's "os.system"
  const path = name.split(".");
  return path.slice(0, -1).some((part) => RUNNING.has(part)) || runs(module, path[0]!);
}

function runs(module: string, name: string): boolean {
  return RUNNING_NAMES.get(module)?.includes(name) ?? false;
}
