import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'

/** The folder of the repository. */
export const root = resolve(import.meta.dirname, '../..')

/** A Markdown file of the repository. */
export interface Document {
  /** Below the root, with `/`. */
  readonly path: string
  readonly text: string
}

/** A fenced block of code. */
export interface Fence {
  readonly path: string
  /** The line of its first line of code, from 1. */
  readonly line: number
  readonly language: string
  readonly code: string
  /** The file of the repository that it shows: the line before the fence is nothing but a link to it. */
  readonly shows: string | null
}

/** Reads every document that a user or a contributor reads. */
export function readDocuments(): Document[] {
  const roots = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'AGENTS.md', 'docs', 'examples']
  return roots.flatMap(findMarkdown).map((path) => ({
    path: relative(root, path).replaceAll('\\', '/'),
    text: readFileSync(path, 'utf8'),
  }))
}

function findMarkdown(name: string): string[] {
  const path = join(root, name)
  if (name.endsWith('.md')) return [path]
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.md'))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !/[\\/]node_modules[\\/]/.test(file))
    .sort()
}

/** Finds the fenced blocks of a document, in order. */
export function findFences({ path, text }: Document): Fence[] {
  return [...text.matchAll(/^```(\w+)[^\n]*\n([^]*?)^```$/gm)].map((match) => {
    const before = text.slice(0, match.index)
    const [, language = '', code = ''] = match
    const line = before.split('\n').length + 1
    return { path, line, language, code, shows: findShownFile(path, before) }
  })
}

function findShownFile(path: string, before: string): string | null {
  const [, target] = /^\[`[^`\n]+`\]\(([^)\s]+)\)\n\n$/m.exec(lastLines(before, 3)) ?? []
  if (target === undefined) return null
  const file = join(root, dirname(path), target)
  return existsSync(file) ? file : null
}

function lastLines(text: string, count: number): string {
  return text.split('\n').slice(-count).join('\n')
}
