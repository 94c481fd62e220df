/** Adapters of PEFT (LoRA and others): what training added to another model. */
import { UnsupportedError } from "../../errors.ts";
import { quoted } from "../bytes/display.ts";
import { readJsonObject } from "../bytes/json.ts";
import type { FileOptions, ModelFiles } from "../files.ts";

/** True for the names of adapters' weights. */
export function isAdapter(path: string): boolean {
  return /(?:^|\/)adapter_model\.(?:safetensors|bin)$/i.test(path);
}

/**
 * What to say of an adapter's weights: they are no model, and which one they belong to.
 *
 * @param what The weights, as errors name them.
 */
export async function adapterError(
  files: ModelFiles,
  what: string,
  options: FileOptions = {},
): Promise<Error> {
  const bytes = await files.read("adapter_config.json", options);
  const config = bytes && readJsonObject(bytes, `${files.name}/adapter_config.json`);
  const base = config?.base_model_name_or_path;
  const model = typeof base === "string" && base !== "" ? quoted(base) : "that model";
  return new UnsupportedError(
    `${what} is the difference to another model, and no model: open ${model}`,
    { feature: "adapter" },
  );
}
