import { sha256 } from '../../lib/checksum.ts'
import { countOf } from '../../lib/text.ts'
import type { ChangedFile, ChangedText } from '../../records/change.ts'
import { compareLines } from '../text/edits.ts'
import { splitLines } from '../text/lines.ts'
import { makeDiff } from '../text/make-diff.ts'

/** A file as it is and as it will be; null means that there is no file. */
export interface DraftFile {
  readonly path: string
  readonly original: string | null
  readonly content: string | null
}

/** The files of a change set before it has a base. */
export interface Draft {
  readonly files: readonly ChangedFile[]
  readonly texts: readonly ChangedText[]
  /** What the change takes away, in words. */
  readonly destructive: readonly string[]
}

/** The most characters that the texts of a change set may have together, before and after. */
export const maxCharacters = 8 * 1024 * 1024

/** Describes the files that differ, sorted by path. */
export async function toDraft(files: readonly DraftFile[]): Promise<Draft> {
  const changed = files
    .filter(({ original, content }) => original !== content)
    .sort(({ path: a }, { path: b }) => (a < b ? -1 : 1))
  return {
    files: await Promise.all(changed.map(toChangedFile)),
    texts: changed.map(({ path, original, content }) => ({
      diff: makeDiff(path, original, content),
      original,
      content,
    })),
    destructive: changed.flatMap(findLoss),
  }
}

async function toChangedFile({ path, original, content }: DraftFile): Promise<ChangedFile> {
  return {
    path,
    mode: original === null ? 'create' : content === null ? 'delete' : 'replace',
    before: original === null ? null : await sha256(original),
    after: content === null ? null : await sha256(content),
  }
}

function findLoss({ path, original, content }: DraftFile): string[] {
  if (original === null) return []
  if (content === null) return [`${path} is deleted`]
  const lines = splitLines(original)
  const removed = compareLines(lines, splitLines(content))
    .filter(({ kind }) => kind === 'removed')
    .reduce((sum, edit) => sum + edit.lines.length, 0)
  return removed > lines.length / 2
    ? [`${path}: removes or replaces ${removed} of ${countOf(lines.length, 'line')}`]
    : []
}

/** Joins drafts that have no path in common. */
export function joinDrafts(...drafts: readonly Draft[]): Draft {
  const all = drafts
    .flatMap(({ files, texts }) => files.map((file, index) => ({ file, text: texts[index] })))
    .sort(({ file: a }, { file: b }) => (a.path < b.path ? -1 : 1))
  return {
    files: all.map(({ file }) => file),
    texts: all.map(({ text }) => text ?? { diff: '', original: null, content: null }),
    destructive: drafts.flatMap(({ destructive }) => destructive),
  }
}
