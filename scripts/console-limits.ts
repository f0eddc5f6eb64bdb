import type { BuiltFile } from './console.mjs'

/** What the files of the console may have in bytes, compressed by gzip. */
export const limits = {
  'JavaScript, first page': 30_000,
  'JavaScript, all pages': 90_000,
  'CSS, all pages': 14_000,
} as const

/** Returns the sizes that have a limit, in bytes. */
export function measure(files: readonly BuiltFile[]): Record<keyof typeof limits, number> {
  const scripts = files.filter(({ type }) => type.startsWith('text/javascript'))
  const styles = files.filter(({ type }) => type.startsWith('text/css'))
  const sum = (list: readonly BuiltFile[]) =>
    list.reduce((total, { gzip }) => total + gzip.length, 0)
  return {
    'JavaScript, first page': sum(scripts.filter(({ first }) => first)),
    'JavaScript, all pages': sum(scripts),
    'CSS, all pages': sum(styles),
  }
}
