import { fileURLToPath } from "node:url";
import type { ModelFiles } from "../files.ts";
import { folderFiles } from "./folder.ts";

/** The built-in sample model, which lies in `sample/model/` of the package. */
export function sampleFiles(): ModelFiles {
  // the same way up from src/model/node and from dist/model/node
  return folderFiles(fileURLToPath(new URL("../../../sample/model/", import.meta.url)), "sample");
}
