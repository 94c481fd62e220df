import { build, type Plugin } from "vite";

const path = (below: string): string => new URL(below, import.meta.url).pathname;

/** The library as one script for a page, as a user's bundler would make it. */
export function bundlePage(): Promise<string> {
  return bundle(path("./page.ts"), false);
}

/** A script that imports the library by its name, as small as a user's bundler makes it. */
export function bundleScript(code: string): Promise<string> {
  const id = "\0script.js";
  const plugin: Plugin = {
    name: "script",
    enforce: "pre",
    resolveId: (source) => (source === "script" ? id : undefined),
    load: (source) => (source === id ? code : undefined),
  };
  return bundle("script", true, plugin);
}

async function bundle(input: string, minify: boolean, ...plugins: Plugin[]): Promise<string> {
  const built = await build({
    logLevel: "error",
    configFile: false,
    plugins,
    resolve: { alias: { tokenscape: path("../../src/browser.ts") } },
    build: {
      write: false,
      minify,
      rollupOptions: { input, output: { format: "iife", codeSplitting: false } },
    },
  });
  const outputs = [built].flat().flatMap((part) => ("output" in part ? part.output : []));
  // all is in the script: no worker, no module of WebAssembly beside it
  const names = outputs.map(({ fileName }) => fileName);
  const [chunk] = outputs;
  if (outputs.length !== 1 || chunk?.type !== "chunk") {
    throw new Error(`expected one script, got ${names.join(", ")}`);
  }
  return chunk.code;
}
