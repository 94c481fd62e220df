import type { Transform } from "../model/transforms.ts";

/** Where rows and tokens come from; for every command. */
export interface ModelFlags {
  readonly matrix?: "input" | "output" | undefined;
  readonly tensor?: string | undefined;
  readonly weights?: string | undefined;
  readonly labels?: string | undefined;
  readonly metadata?: string | undefined;
  readonly tokenizer?: string | undefined;
  readonly offline?: boolean | undefined;
  readonly refresh?: boolean | undefined;
}

/** What goes to which stream; for every command. */
export interface ScreenFlags {
  readonly json?: boolean | undefined;
  readonly quiet?: boolean | undefined;
}

/** The flags of `tokenscape [MODEL]`; absent ones are left to the library's defaults. */
export interface NotebookFlags extends ModelFlags, ScreenFlags {
  readonly rows?: string | undefined;
  readonly all?: boolean | undefined;
  readonly match?: RegExp | undefined;
  readonly tokens?: string | undefined;
  readonly transform?: readonly Transform[] | undefined;
  readonly metric?: "euclidean" | "cosine" | undefined;
  readonly perplexity?: number | undefined;
  readonly seed?: number | undefined;
  readonly iterations?: number | undefined;
  readonly init?: "pca" | "random" | undefined;
  readonly coordinates?: string | undefined;
  readonly eps?: number | undefined;
  readonly minSamples?: number | undefined;
  readonly limits?: "data" | "notebook" | undefined;
  readonly out?: string | undefined;
  readonly png?: boolean | undefined;
  readonly threads?: number | undefined;
}

/** The flags of `tokenscape near MODEL TOKEN`. */
export interface NearFlags extends ModelFlags, ScreenFlags {
  readonly top?: number | undefined;
  readonly metric?: "cosine" | "euclidean" | "dot" | undefined;
}

/** The flags of `tokenscape cache [ACTION] [MODEL...]`. */
export interface CacheFlags extends ScreenFlags {
  readonly all?: boolean | undefined;
  readonly shared?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
}

/** The flags of `tokenscape info [MODEL]`. */
export interface InfoFlags extends ModelFlags, ScreenFlags {}
