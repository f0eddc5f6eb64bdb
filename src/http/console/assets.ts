import type { Incoming } from '../exchange.ts'

/** One file of the console, compressed. */
export interface ConsoleFile {
  /** The media type, with its character set. */
  readonly type: string
  /** The content, compressed by gzip, as base64. */
  readonly gzip: string
}

/** The console as it was built. */
export interface ConsoleBundle {
  /** The HTML of every page. `{root}` stands for the way from the page to the files. */
  readonly shell: string
  /** The files by their names, which hold a hash of the content. */
  readonly files: Readonly<Record<string, ConsoleFile>>
}

/** The web console for the option `console`, which `consoleAssets` of `fetch-studio/console` makes. */
export interface ConsoleAssets {
  /** Answers a request for the console, or of a browser for the root below the prefix; null for any other request. */
  answer(incoming: Incoming, basePath: string): Promise<Response> | null
}
