import type { Row } from '../../../project/database.ts'
import type { MigrationStatus } from '../../../project/source.ts'
import { toStatus, toTime } from '../../core/compare.ts'

/** A row of the revision table of Atlas. */
export interface Revision {
  readonly version: string
  readonly name: string
  readonly isBaseline: boolean
  /** True if it failed or stopped half-way. */
  readonly isPartial: boolean
  readonly appliedAt: number | null
  readonly hash: string
}

/**
 * Returns the status of a migration that has a revision.
 *
 * @param now The current hash of its file; undefined if the two cannot be compared.
 */
export function toRevisionStatus(revision: Revision, now: string | undefined): MigrationStatus {
  const { isPartial, hash, appliedAt, isBaseline } = revision
  if (isPartial) {
    const message =
      'It stopped half-way; Atlas goes on with the statement that failed, and refuses if one before it was changed.'
    return toStatus('failed', message)
  }
  if (isBaseline || hash === '' || now === undefined || hash === now) {
    return toStatus(
      'applied',
      isBaseline ? 'It is the baseline, and was not run.' : null,
      appliedAt,
    )
  }
  const message =
    'Its file was changed after it ran; Atlas does not look at it again once atlas.sum was rewritten.'
  return toStatus('modified', message, appliedAt)
}

/** Reads a row of `version, description, type, short, time, error, hash`; `names` are the names of files by version. */
export function toRevision(row: Row, names: ReadonlyMap<string, string>): Revision {
  const [version, description, type, isShort, time, hasError, hash] = row
  const key = String(version)
  return {
    version: key,
    name: names.get(key) ?? (description ? `${key}_${String(description)}` : key),
    isBaseline: (Number(type) & 1) === 1,
    isPartial: Number(isShort) === 1 || Number(hasError) === 1,
    appliedAt: toTime(time),
    hash: typeof hash === 'string' ? hash.replace(/^h1:/, '') : '',
  }
}

/** The part of a name before its first underscore. */
export function toVersion(name: string): string {
  return name.replace(/_.*$/, '')
}
