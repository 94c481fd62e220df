import type { CommandUnknownOpts, Help } from "@commander-js/extra-typings";
import pc from "picocolors";
import { hasColors } from "./screen.ts";

/** Widest help, in characters; longer lines are hard to read. */
const WIDEST = 100;
/** Characters of the left column. */
const TERM = 22;

/** A part of the help under the options: terms and what they mean, or lines. */
interface Section {
  readonly title: string;
  readonly items: readonly (readonly [term: string, meaning: string])[];
  readonly note?: string;
}

export const notebookUsage: string = `[MODEL] [options]
       tokenscape near MODEL TOKEN [options]
       tokenscape info [MODEL] [options]
       tokenscape cache [ACTION] [MODEL...] [options]`;

export const notebookDescription: string =
  "Shows what a language model's vocabulary looks like from the inside: takes rows of its token-embedding matrix, compares " +
  "them with each other (Gram matrix), lays them out on a map (t-SNE), finds the groups on it (DBSCAN), draws the " +
  "figures, and lists the tokens of every group.";

export const nearDescription: string =
  "Ranks the tokens nearest to one token, in the full space of the embeddings, not on a map. Every row of the matrix is read.";

export const infoDescription: string =
  "Describes a model by its headers and its vocabulary: tensors, types, shapes, tokens. No weights are read.";

export const cacheDescription: string =
  "Shows and removes what was fetched from the hub and kept: rows, headers and revisions in Tokenscape's own cache, whole files in the " +
  "cache of Python's huggingface_hub. Nothing is lost by it: what is needed again is fetched again.";

export const notebookSections: readonly Section[] = [
  {
    title: "Models",
    items: [
      ["sample", "the small model that comes with Tokenscape"],
      [
        "gpt2, gpt2@main, openai-community/gpt2",
        "a model on the Hugging Face hub, at a branch or commit if one is given; only the header, the vocabulary and the rows asked for are fetched, once",
      ],
      [
        "FOLDER",
        "model.safetensors or pytorch_model.bin, the shards of an index of either, or the one other file that could hold the weights; config.json; tokenizer.json or another vocabulary",
      ],
      ["FILE.safetensors", "one file of weights"],
      [
        "FILE.bin, FILE.pt, FILE.pth, FILE.ckpt",
        "a checkpoint of PyTorch, read as data: no code in it is run",
      ],
      [
        "FILE.gguf",
        "a model of llama.cpp, quantized or not, with its vocabulary; of one in parts any part",
      ],
      ["FILE.npy", "a matrix of float16, float32 or float64; see --labels and --tokenizer"],
      ["FILE.npz", "such matrices; of several the embedding, or one by --tensor"],
      ["FILE.tsv", "one vector per line; see --metadata"],
    ],
    note: "Of several files of weights, in a folder or on the hub, one is named by --weights. A path that exists is taken before a model of the hub. A folder named near, info, cache or help is written ./near.",
  },
  {
    title: "Lists of rows",
    items: [
      ["0:100", "the first hundred: from 0, without 100"],
      ["5,9,200:300", "two rows and a range, in this order"],
    ],
  },
  {
    title: "Files written",
    items: [
      ["report.html", "all figures and lists on one page that opens offline"],
      ["embeddings.svg", "the rows, the same turned, and their Gram matrix"],
      ["map.svg", "the Gram matrix, and the map with every token named"],
      ["clusters.svg", "the map with its groups"],
      ["tokens.csv", "a line per token: its place on the map, its group"],
      ["coordinates.npy", "the map for NumPy, or for --coordinates"],
      ["result.json", "all parameters and results"],
    ],
    note: 'The same command line gives the same bytes, all but "timings" and "model.fetched" in result.json. Files that an earlier run left in the folder are replaced; no others are touched.',
  },
  {
    title: "Examples",
    items: [
      ["tokenscape", "the notebook on the sample: its first 100 tokens"],
      [
        "tokenscape --rows 300:800 --perplexity 30 --eps 3",
        "500 longer tokens; eps is in units of the map, so it changes with the map",
      ],
      [
        "tokenscape --match '^ [a-z]+$' --transform center --transform unit",
        "whole lower-case words, centred, then scaled to length 1",
      ],
      ["tokenscape near sample ' and'", "the tokens nearest to one"],
      ["tokenscape gpt2 --json > gpt2.json", "GPT-2 from the hub, the result as JSON too"],
      [
        "tokenscape org/model-GGUF --weights model.Q8_0.gguf",
        "one of several files of a model on the hub",
      ],
    ],
  },
  {
    title: "Environment",
    items: [
      ["HF_TOKEN", "sent to the hub, for gated and private models"],
      ["HF_ENDPOINT", "another hub than https://huggingface.co"],
      [
        "HF_HOME, HF_HUB_CACHE",
        "where Python's huggingface_hub keeps models; what is there is used",
      ],
      ["HF_HUB_OFFLINE", "1: as --offline"],
      [
        "HF_HUB_DOWNLOAD_TIMEOUT",
        "seconds of silence after which a connection is given up (default: 10)",
      ],
      ["HTTPS_PROXY, NO_PROXY", "the proxy to the hub, and hosts that need none"],
      ["XDG_CACHE_HOME", "what is fetched is kept in tokenscape/ in it (default: ~/.cache)"],
      ["NO_COLOR, FORCE_COLOR", "no colours; colours in a pipe too"],
    ],
  },
  {
    title: "Exit status",
    items: [
      ["0", "success"],
      ["1", "the model, the data, the network or the disk failed"],
      ["2", "wrong usage"],
      ["130", "interrupted; nothing was written"],
    ],
  },
];

const more = "On models, environment and exit status: tokenscape --help";

export const nearSections: readonly Section[] = [
  {
    title: "TOKEN",
    items: [
      ["' the'", "the token's text, blanks and all"],
      ["'·the'", "or else its display, as the lists show it"],
      ["'#262'", "or else its id, in quotes for the shell"],
    ],
  },
  {
    title: "Examples",
    items: [
      ["tokenscape near sample ' and'", "the ten nearest by cosine"],
      [
        "tokenscape near sample '#65' --top 5 --metric dot",
        "the five with the largest dot product",
      ],
    ],
    note: more,
  },
];

export const cacheSections: readonly Section[] = [
  {
    title: "Actions",
    items: [
      ["ls", "list both caches, with sizes"],
      ["rm", "remove models, from Tokenscape's own cache alone unless --shared is given"],
      ["prune", "remove earlier states of branches, and what killed processes left"],
      ["verify", "check every file by its digest; damaged ones of our own are removed"],
    ],
  },
  {
    title: "Examples",
    items: [
      ["tokenscape cache", "what is there, and how large it is"],
      ["tokenscape cache rm gpt2", "the rows kept of one model"],
      ["tokenscape cache rm --all", "all that is Tokenscape's own"],
    ],
    note: more,
  },
];

export const infoSections: readonly Section[] = [
  {
    title: "Examples",
    items: [
      ["tokenscape info", "the sample"],
      ["tokenscape info gpt2 --json", "GPT-2 from the hub, as JSON"],
    ],
    note: more,
  },
];

/** Gives a command help in one style: capital words for values, bold headings on a terminal, `sections` under the options. */
export function styleHelp(command: CommandUnknownOpts, sections: readonly Section[]): void {
  const { bold } = pc.createColors(true);
  command
    .configureOutput({
      getOutHelpWidth: helpWidth,
      getOutHasColors: () => hasColors(process.stdout),
      writeErr: () => {},
    })
    .configureHelp({
      styleTitle: bold,
      optionTerm: ({ flags }) => flags.replace(/<(.+)>/, (_, name: string) => name.toUpperCase()),
      subcommandTerm: (subcommand) => subcommand.name(),
      padWidth: () => TERM,
    })
    .addHelpText("after", () => {
      const help = command.createHelp();
      help.helpWidth = helpWidth();
      return sections.map((section) => `\n${sectionText(section, help)}`).join("\n");
    });
}

function sectionText({ title, items, note }: Section, help: Help): string {
  const lines = items.map(([term, meaning]) => {
    if (term.length <= TERM) return help.formatItem(term, TERM, meaning, help);
    return `  ${term}\n${help.formatItem("", TERM, meaning, help)}`;
  });
  const after = note === undefined ? [] : ["", ...indented(note, help)];
  return [help.styleTitle(`${title}:`), ...lines, ...after].join("\n");
}

function indented(text: string, help: Help): string[] {
  return help
    .boxWrap(text, (help.helpWidth ?? 80) - 2)
    .split("\n")
    .map((line) => `  ${line}`);
}

function helpWidth(): number {
  return Math.min(WIDEST, (process.stdout.isTTY && process.stdout.columns) || 80);
}
