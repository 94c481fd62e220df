import { build } from "vite";

/** The library as one script for a page, as a user's bundler would make it. */
export async function bundlePage(): Promise<string> {
  const built = await build({
    logLevel: "error",
    configFile: false,
    build: {
      write: false,
      minify: false,
      rollupOptions: {
        input: new URL("./page.ts", import.meta.url).pathname,
        output: { format: "iife", codeSplitting: false },
      },
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
