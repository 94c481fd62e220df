/** The public names with their types, as fixtures/api.txt lists them: a change here is a change for users. */
import ts from "typescript";
import { expect, test } from "vitest";

const root = new URL("../", import.meta.url).pathname;
const config = ts.readConfigFile(`${root}tsconfig.json`, ts.sys.readFile);
const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, root);
const entries = [`${root}src/index.ts`, `${root}src/browser.ts`];
const program = ts.createProgram(entries, options);
const checker = program.getTypeChecker();
const FORMAT =
  ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.UseAliasDefinedOutsideCurrentScope;

function exportsOf(entry: string): Map<string, string> {
  const module = checker.getSymbolAtLocation(program.getSourceFile(entry)!)!;
  const names = checker
    .getExportsOfModule(module)
    .map((symbol) => [symbol.name, describe(symbol)] as const);
  return new Map(names.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function describe(symbol: ts.Symbol): string {
  const own = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  if (own.flags & (ts.SymbolFlags.Interface | ts.SymbolFlags.Class)) {
    const kind = own.flags & ts.SymbolFlags.Class ? "class" : "interface";
    const constructors =
      kind === "class" ? signatures(checker.getTypeOfSymbol(own), ts.SignatureKind.Construct) : [];
    const members = checker
      .getPropertiesOfType(checker.getDeclaredTypeOfSymbol(own))
      .filter((member) => !member.name.startsWith("__#"))
      .map(
        (member) =>
          `  ${member.name.replace(/^__@(\w+)@\d+$/, "[Symbol.$1]")}${member.flags & ts.SymbolFlags.Optional ? "?" : ""}: ${typeText(checker.getTypeOfSymbol(member))}`,
      );
    return [`${kind} ${own.name}`, ...constructors.map((s) => `  new ${s}`), ...members].join("\n");
  }
  if (own.flags & ts.SymbolFlags.TypeAlias) {
    const type = checker.getDeclaredTypeOfSymbol(own);
    return `type ${own.name} = ${checker.typeToString(type, undefined, FORMAT | ts.TypeFormatFlags.InTypeAlias)}`;
  }
  return `${own.flags & ts.SymbolFlags.Function ? "function" : "const"} ${own.name}: ${typeText(checker.getTypeOfSymbol(own))}`;
}

function signatures(type: ts.Type, kind: ts.SignatureKind): string[] {
  return checker
    .getSignaturesOfType(type, kind)
    .map((s) => checker.signatureToString(s, undefined, FORMAT));
}

const typeText = (type: ts.Type): string => checker.typeToString(type, undefined, FORMAT);

test("the names that people import, with their types", async () => {
  const node = exportsOf(entries[0]!);
  const browser = exportsOf(entries[1]!);
  expect([...browser.keys()]).toEqual([...node.keys()]);
  const differing = [...browser].filter(([name, text]) => node.get(name) !== text);
  const text = [
    ...node.values(),
    "\n// where a browser's entry differs",
    ...differing.map(([, own]) => own),
    "",
  ].join("\n");
  expect(text).not.toMatch(/: any\b|\bany\[/);

  await expect(text).toMatchFileSnapshot("fixtures/api.txt");
});
