import type { ChangeInfo, ChangeSummaryInfo } from '../../client.ts'
import { toFact, toList, toOneLine } from './lines.ts'
import { printMigration } from './print-migration.ts'
import { printPlan } from './print-plan.ts'
import type { Paint } from './visible.ts'

const modes = { create: 'A', replace: 'M', delete: 'D' } as const

const tones = {
  pending: 'wait',
  approved: 'good',
  applying: 'wait',
  applied: 'good',
  migrating: 'wait',
  rolling_back: 'wait',
  rolled_back: 'quiet',
  rejected: 'bad',
  expired: 'quiet',
} as const satisfies Record<ChangeInfo['status'], Parameters<Paint>[0]>

/** Prints a list of change sets, one a line. */
export function printList(changes: readonly ChangeSummaryInfo[], paint: Paint): string {
  const lines = changes.map(({ id, status, created_at, files, destructive, reason }) =>
    [
      paint('bold', id),
      paint(tones[status], status.padEnd(12)),
      paint(null, created_at),
      `${files.length} ${files.length === 1 ? 'file' : 'files'}`.padEnd(8),
      ...(destructive.length > 0 ? [paint('bad', 'destructive')] : []),
      paint('quiet', toOneLine(reason ?? '')),
    ].join('  '),
  )
  return lines.length === 0 ? 'No change sets' : lines.join('\n')
}

/** Prints what a person must see before a decision: what it takes away and the warnings first, the diff last. */
export function printChange(change: ChangeInfo, paint: Paint): string {
  return [printHead(change, paint), '', printDiff(change, paint)].join('\n')
}

/** Prints everything about a change set but its diff and its history. */
export function printHead(change: ChangeSummaryInfo, paint: Paint): string {
  const { id, digest, status, destructive, warnings, files, base, commit } = change
  const created = files.length === 1 ? '1 file' : `${files.length} files`
  return [
    `${paint('bold', id)}  ${paint(tones[status], status)}`,
    ...toList('Takes away', destructive, paint, 'bad'),
    ...toList('Warnings', warnings, paint, 'wait'),
    '',
    toFact('Reason', change.reason ?? 'none given', paint),
    toFact('Asked by', `${change.created_by ?? 'unnamed'}, ${change.created_at}`, paint),
    toFact('Expires', change.expires_at, paint),
    toFact('Approval', describeApproval(change), paint),
    toFact('Base', base.commit === null ? 'no git commit' : `commit ${base.commit}`, paint),
    toFact('Digest', digest, paint),
    ...(commit ? [toFact('Branch', `${commit.branch}, commit ${commit.id}`, paint)] : []),
    ...describeTypes(change, paint),
    ...printPlan(change, paint),
    ...printMigration(change, paint),
    '',
    paint('bold', created),
    ...files.map(({ path, mode }) => {
      return `  ${paint(mode === 'delete' ? 'bad' : null, `${modes[mode]} ${path}`)}`
    }),
  ].join('\n')
}

/** Says what the type check showed; nothing where none was made. */
function describeTypes({ proof }: ChangeSummaryInfo, paint: Paint): string[] {
  const types = proof?.types
  if (!types) return []
  const { ran, errors, reason } = types
  const why = reason === null ? '' : `: ${reason}`
  if (!ran) return [toFact('Types', `not checked${why}`, paint, 'wait')]
  const isGood = errors.length === 0
  return [
    toFact(
      'Types',
      `${isGood ? 'no new error' : 'new errors'}${why}`,
      paint,
      isGood ? 'good' : 'bad',
    ),
    ...toList(
      'New errors of types',
      errors.map(({ path, line, message }) => {
        const place = [path ?? [], line ?? []].flat().join(':')
        return place === '' ? message : `${place} ${message}`
      }),
      paint,
      'bad',
    ),
  ]
}

/** Prints the history of a change set, the first event first. */
export function printHistory({ events }: ChangeInfo, paint: Paint): string {
  return [
    paint('bold', 'History'),
    ...events.map(({ at, type, by, reason }) => {
      const who = by === null ? '' : ` by ${by}`
      return `  ${paint('quiet', at)} ${paint(null, type + who + (reason === null ? '' : `: ${toOneLine(reason)}`))}`
    }),
  ].join('\n')
}

/** Prints the unified diff of every file. */
export function printDiff({ files }: ChangeInfo, paint: Paint): string {
  const lines = files.flatMap(({ diff }) => toDiffLines(diff))
  return lines.map(({ kind, text }) => paint(kind, text)).join('\n')
}

/** Splits a diff into lines with their color. The two lines before the first hunk name the file. */
function toDiffLines(diff: string): { kind: Parameters<Paint>[0]; text: string }[] {
  const lines = diff.replace(/\n$/, '').split('\n')
  return lines.map((text, index) => {
    if (index < 2) return { kind: 'bold', text }
    const kinds = { '+': 'good', '-': 'bad', '@': 'place', '\\': 'quiet' } as const
    return { kind: kinds[text.charAt(0) as keyof typeof kinds] ?? null, text }
  })
}

function describeApproval({ approval }: ChangeSummaryInfo): string {
  const { status, decided_by: by, decided_at: at, decision_reason: reason } = approval
  const who = at === null ? '' : ` by ${by ?? 'unnamed'}, ${at}`
  return status.replace('_', ' ') + who + (reason === null ? '' : `: ${reason}`)
}
