import { existsSync, readFileSync } from "node:fs";
import { readTokenizerJson } from "../../src/model/vocabulary/tokenizer-json.ts";
import { createVocabulary, type Token } from "../../src/model/vocabulary/vocabulary.ts";
import { hasShared, sharedPath } from "../shared.ts";

/** Texts and bytes that have broken somebody's terminal, page, table or parser; every class of GPT-2's vocabulary. */
export function hostileTexts(): (string | Uint8Array)[] {
  const singles = Array.from({ length: 256 }, (_, byte) => Uint8Array.of(byte));
  return [
    ...singles,
    "\u001b[31mred\u001b[0m",
    "\u001b]0;title\u0007",
    "\u009b2J",
    "a\u0000b",
    "<script>alert(1)</script>",
    "</script>",
    "</style>",
    "</title><img src=x onerror=alert(1)>",
    "-->",
    "<!--",
    "]]>",
    "<![CDATA[",
    "<svg/onload=alert(1)>",
    "javascript:alert(1)",
    "&amp;",
    "&#x1b;",
    `"`,
    `""`,
    `'`,
    `'=1+1`,
    `''=1`,
    "' onmouseover='alert(1)",
    `" onmouseover="alert(1)`,
    "a,b",
    `a",b`,
    "=cmd|' /C calc'!A0",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "\uff1d1",
    "line\nfeed",
    "carriage\rreturn",
    "both\r\n",
    "\u202eevil\u202c",
    "\u2066x\u2069",
    "\u200f",
    "\u061c",
    "\u2028",
    "\u2029",
    "\u200b",
    "\u200d",
    "\u00ad",
    "\ufeff",
    "\ufffd",
    "\uffff",
    "\u{e0041}",
    "\u00a0",
    "\u3000",
    " ",
    "   ",
    "",
    "\u0301",
    "e\u0301",
    "z\u0300\u0301\u0302\u0303\u0304",
    "\u05d0\u05d1",
    "\u0627\u0644",
    "\u6f22\u5b57",
    "\ud55c\uad6d",
    "\uff21",
    "\u{1f600}",
    "\u{1f468}\u200d\u{1f469}",
    "__proto__",
    "constructor",
    "prototype",
    "length",
    "toString",
    "\u0024{1}",
    "`",
    "\\",
    "\\x1B",
    "%s%n",
    "../../etc/passwd",
    "con",
    "never seen in training (1):",
    "x".repeat(300),
    "\u6f22".repeat(200),
    Uint8Array.of(0xe2, 0x80),
    Uint8Array.of(0xed, 0xa0, 0x80),
    Uint8Array.of(0xff, 0xfe),
    Uint8Array.of(0xc0, 0x80),
    Uint8Array.of(0xf4, 0x90, 0x80, 0x80),
  ];
}

/** True where GPT-2's vocabulary lies beside the project. */
export const hasGpt2: boolean =
  hasShared && existsSync(sharedPath("data/models/gpt2-tokenizer/tokenizer.json"));

/** GPT-2's 50,257 tokens. */
export function gpt2Tokens(): Token[] {
  const file = sharedPath("data/models/gpt2-tokenizer/tokenizer.json");
  return [...createVocabulary(50257, readTokenizerJson(readFileSync(file), "tokenizer.json"))];
}
