import { describe, expect, it } from "vitest";
import { pastedAddress } from "../../../src/model/hub/pasted.ts";

describe("an address that people paste names", () => {
  it.each<[address: string, id: string, path?: string]>([
    ["https://huggingface.co/me/st", "me/st"],
    ["https://huggingface.co/me/st/", "me/st"],
    ["https://huggingface.co/gpt2", "gpt2"],
    ["huggingface.co/me/st", "me/st"],
    ["https://hf.co/me/st?library=transformers#readme", "me/st"],
    ["https://huggingface.co/me/st/tree/main", "me/st"],
    ["https://huggingface.co/gpt2/tree/v1", "gpt2@v1"],
    ["https://huggingface.co/me/st/tree/main/sub", "me/st", "sub"],
    ["https://huggingface.co/me/st/blob/main/model.safetensors", "me/st", "model.safetensors"],
    ["https://huggingface.co/me/st/resolve/v2/a/b.gguf?download=true", "me/st@v2", "a/b.gguf"],
    ["https://huggingface.co/me/st/resolve/refs%2Fpr%2F1/a.gguf", "me/st@refs/pr/1", "a.gguf"],
    ["hf://me/st", "me/st"],
    ["hf://me/st@v1/a.gguf", "me/st@v1", "a.gguf"],
    ["me/st/", "me/st"],
    ["me/st/model.safetensors", "me/st", "model.safetensors"],
    ["me/st/tree/main", "me/st"],
  ])("%s", (address, id, path) => {
    expect(pastedAddress(address)).toEqual({ id, path });
  });

  it.each([
    "https://huggingface.co/datasets/me/texts",
    "https://huggingface.co/",
    "https://example.org/me/st",
    "./me/st/model.safetensors",
    "/me/st",
    "a%zz/b/",
    "gpt2",
    "../st/",
    "",
  ])("no model: %s", (address) => {
    expect(pastedAddress(address)).toBeUndefined();
  });
});
