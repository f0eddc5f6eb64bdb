import type { NewMigration } from '../migration-writer.ts'
import type { Unsupported } from './migration-steps.ts'

/** What the newest migration is written in; a new one is written in the same. */
export interface Language {
  /** With its dot, such as `.cjs`. */
  readonly extension: string
  readonly isTyped: boolean
  /** True for ES modules, false for CommonJS. */
  readonly isModule: boolean
  /** The text of the newest migration. */
  readonly text: string
}

/** Reads the language of a migration's file. A folder without any leaves the language open, so nothing is written there. */
export async function readLanguage(
  { read }: NewMigration,
  path: string | undefined,
): Promise<Language | Unsupported> {
  const [extension = ''] = /\.[cm]?[jt]s$/.exec(path ?? '') ?? []
  const text = path === undefined || extension === '' ? null : await read(path)
  if (text === null) {
    return { unsupported: 'No migration in JavaScript or TypeScript shows the form of a new one.' }
  }
  const isTyped = extension.endsWith('ts')
  const isCommon = extension.startsWith('.c')
  const isModule =
    !isCommon &&
    (isTyped || extension === '.mjs' || /^[ \t]*(?:export|import)\b(?!\s*\()/m.test(text))
  return { extension, isTyped, isModule, text }
}

/** Writes a text as a template literal without substitutions. */
export function toTemplate(text: string): string {
  const escaped = text.replace(/[\\`]|\$(?=\{)/g, '\\$&').replaceAll('\r', '\\r')
  return `\`${escaped}\``
}

/** Code that fails, for what cannot be undone. */
export const throwIrreversible = "throw new Error('This migration cannot be undone')"
