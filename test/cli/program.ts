import { type ChildProcess, spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const root: string = fileURLToPath(new URL("../../", import.meta.url));

/**
 * The program compiled from the sources as they are, in a folder that looks like an installed package; so
 * that no test runs on an old `dist/`. Types are not checked: `npm run check` does that.
 */
export function compileProgram(): { main: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), "tokenscape-program-"));
  const { config } = ts.readConfigFile(join(root, "tsconfig.build.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  for (const path of readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })) {
    if (!path.endsWith(".ts")) continue;
    const { outputText } = ts.transpileModule(readFileSync(join(root, "src", path), "utf8"), {
      fileName: path,
      compilerOptions: { ...options, declaration: false, isolatedDeclarations: false },
    });
    const compiled = join(folder, "dist", path.replace(/\.ts$/, ".js"));
    mkdirSync(dirname(compiled), { recursive: true });
    writeFileSync(compiled, outputText);
  }
  writeFileSync(join(folder, "package.json"), readFileSync(join(root, "package.json")));
  for (const name of ["node_modules", "sample"]) {
    if (existsSync(join(root, name))) symlinkSync(join(root, name), join(folder, name));
  }
  return {
    main: join(folder, "dist/cli/main.js"),
    remove: () => rmSync(folder, { recursive: true }),
  };
}
