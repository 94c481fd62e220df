/** Makes the figures of the README anew, with the command that the README names, into docs/figures. */
import { mkdir, writeFile } from "node:fs/promises";
import { openModel, runNotebook } from "tokenscape";

const folder = new URL("../../docs/figures/", import.meta.url);
const model = await openModel("sample");
const { figures } = await runNotebook({ model, command: "tokenscape sample" });
await mkdir(folder, { recursive: true });
for (const [name, svg] of Object.entries(figures)) {
  await writeFile(new URL(`${name}.svg`, folder), svg);
}
