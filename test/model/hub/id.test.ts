import { describe, expect, it } from "vitest";
import { checkRepoPath, parseHubId } from "../../../src/model/hub/id.ts";

describe("parseHubId", () => {
  it.each([
    ["gpt2", { repo: "gpt2", revision: undefined }],
    ["openai-community/gpt2", { repo: "openai-community/gpt2", revision: undefined }],
    ["gpt2@main", { repo: "gpt2", revision: "main" }],
    ["a/b.c_d-e@v1.0", { repo: "a/b.c_d-e", revision: "v1.0" }],
    ["a/b@refs/pr/3", { repo: "a/b", revision: "refs/pr/3" }],
    [`a/b@${"0".repeat(40)}`, { repo: "a/b", revision: "0".repeat(40) }],
    ["x".repeat(96), { repo: "x".repeat(96), revision: undefined }],
    [
      `${"x".repeat(96)}/${"y".repeat(96)}`,
      { repo: `${"x".repeat(96)}/${"y".repeat(96)}`, revision: undefined },
    ],
  ])("takes %s", (id, expected) => {
    expect(parseHubId(id)).toEqual(expected);
  });

  it("takes a revision beside the id, but not two", () => {
    expect(parseHubId("gpt2", "v1")).toEqual({ repo: "gpt2", revision: "v1" });
    expect(() => parseHubId("gpt2@v1", "v1")).toThrow(RangeError);
  });

  it.each([
    ["", "begin and end"],
    ["x".repeat(97), "96 characters"],
    [`${"x".repeat(97)}/y`, "96 characters"],
    [`x/${"y".repeat(97)}`, "96 characters"],
    [".hidden", "begin and end"],
    ["name.", "begin and end"],
    ["-name", "begin and end"],
    ["org/name-", "begin and end"],
    ["org/", "begin and end"],
    ["/name", "begin and end"],
    ["a--b", "--"],
    ["a..b", ".."],
    ["../etc", ".."],
    ["org/name.git", ".git"],
    ["datasets/x/y", "more than one slash"],
    ["https://huggingface.co/gpt2", "more than one slash"],
    ["org/näme", "letters"],
    ["org/na me", "letters"],
    ["org\\name", "letters"],
    ["gpt2\n", "letters"],
    ["gpt2?x=1", "letters"],
  ])("refuses %j", (id, reason) => {
    expect(() => parseHubId(id)).toThrow(RangeError);
    expect(() => parseHubId(id)).toThrow(reason);
  });

  it.each([
    ...["", "..", "a/../b", "/main", "main/", "a//b", ".hidden", "-x", "a b", "a:b", "a\\b"],
    ...["a?b", "a*b", "a\u0000b", "a\nb", "v@1", "x.lock", "x.", "x".repeat(201)],
  ])("refuses the revision %j", (revision) => {
    expect(() => parseHubId("gpt2", revision)).toThrow(RangeError);
    expect(() => parseHubId(`gpt2@${revision}`)).toThrow(RangeError);
  });
});

describe("checkRepoPath", () => {
  it.each(["config.json", "onnx/model.safetensors", "a b.txt", "..x", ".gitattributes"])(
    "takes %j",
    (path) => {
      expect(() => checkRepoPath(path)).not.toThrow();
    },
  );

  it.each([
    ...["", "/etc/passwd", "../x", "a/../../x", "a/./b", "a//b", "a/"],
    ...["C:\\x", "C:/x", "..\\x", "a\\..\\b", "a\u0000b", "a\nb"],
  ])("refuses %j", (path) => {
    expect(() => checkRepoPath(path)).toThrow(RangeError);
  });
});
