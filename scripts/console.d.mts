import type { Plugin } from 'esbuild'

/** One built file of the console. */
export interface BuiltFile {
  readonly name: string
  readonly type: string
  readonly content: Uint8Array
  readonly gzip: Uint8Array
  /** True if the first page needs it. */
  readonly first: boolean
}

export function buildConsole(): Promise<{
  readonly files: readonly BuiltFile[]
  readonly shell: string
}>

export function bundleConsole(): Promise<string>

export const consolePlugin: Plugin

export function consoleVitePlugin(): {
  readonly name: string
  readonly enforce: 'pre'
  resolveId(source: string): string | null
  load(id: string): Promise<string> | null
}
