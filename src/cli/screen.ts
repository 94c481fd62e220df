import pc from "picocolors";
import { terminalSafe } from "../report/terminal.ts";
import { cells } from "../text/cells.ts";
import { visibleJson } from "../text/visible.ts";
import { exitCode } from "./errors.ts";
import type { ScreenFlags } from "./flags.ts";

type Colors = ReturnType<typeof pc.createColors>;

/** Where a command writes. Nothing foreign may be written that `terminalSafe` has not seen. */
export interface Screen {
  /** Cells in a line: the terminal's, 80 in a pipe. */
  readonly width: number;
  /** Colours for what `print` gets; they do nothing in a pipe. */
  readonly colors: Colors;
  /** Text for people: to standard output, with --json to standard error, with --quiet to nobody. */
  print(text: string): void;
  /** Text for programs: to standard output, always. */
  data(text: string): void;
  /** One line on standard error about something that works less well than it should; not with --quiet. */
  warn(text: string): void;
}

/**
 * The screen that the flags ask for.
 *
 * @param clear Called before anything is written, to remove what stands on the line (progress).
 */
export function openScreen({ json, quiet }: ScreenFlags, clear: () => void): Screen {
  const stream = json ? process.stderr : process.stdout;
  return {
    width: stream.isTTY && stream.columns > 0 ? stream.columns : 80,
    colors: pc.createColors(hasColors(stream)),
    print: (text) => {
      if (quiet) return;
      clear();
      stream.write(text);
    },
    data: (text) => {
      clear();
      process.stdout.write(text);
    },
    warn: (text) => {
      if (quiet) return;
      clear();
      process.stderr.write(`tokenscape: warning: ${terminalSafe(text)}\n`);
    },
  };
}

/** A text with blanks turned into line feeds where a line would be wider than `width`; further lines are indented. */
export function paragraph(text: string, width: number, indent = ""): string {
  let line = "";
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && cells(longer) > width) {
      lines.push(line);
      line = indent + word;
    } else {
      line = longer;
    }
  }
  return [...lines, line].join("\n");
}

/** One line on standard error that says who speaks; further lines (a bug's stack) follow as they are. */
export function complain(text: string): void {
  const { bold, red } = pc.createColors(hasColors(process.stderr));
  const [first = "", ...rest] = text.split("\n").map(terminalSafe);
  process.stderr.write(`${[`${bold(red("tokenscape:"))} ${first}`, ...rest].join("\n")}\n`);
}

/**
 * Whether a stream gets colours: a terminal does, unless NO_COLOR is set; FORCE_COLOR gives them to a pipe.
 * picocolors' own guess is not asked, because it also colours pipes where the variable CI is set.
 */
export function hasColors(stream: { readonly isTTY?: boolean }): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (NO_COLOR) return false;
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== "0";
  return stream.isTTY === true && TERM !== "dumb";
}

/**
 * Lets a reader that stops early (`| head`) end the output, not the program.
 *
 * @param fail Called with any other reason why standard output can't be written to (a full disk).
 */
export function watchOutput(fail: (error: Error) => never): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") fail(error);
  });
  // there is nowhere left to say it
  process.stderr.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") process.exitCode = exitCode.failure;
  });
}

/** A value as JSON for standard output; what acts on a terminal or can't be seen is escaped. */
export function jsonText(value: unknown): string {
  const lines = JSON.stringify(value, null, 2).split("\n");
  return `${lines.map(visibleJson).join("\n")}\n`;
}
