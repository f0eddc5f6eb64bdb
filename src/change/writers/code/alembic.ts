import { sha256 } from '../../../lib/checksum.ts'
import { findHeads } from '../../../migrations/core/heads.ts'
import type { MigrationWriter } from '../migration-writer.ts'
import { noteIrreversible } from '../shared/notes.ts'
import { toPythonString } from '../shared/python.ts'
import { hasLine, type Step, toMigrationSteps } from '../shared/migration-steps.ts'

/** A part with the revision that it becomes, and the one that it follows. */
interface Revision {
  readonly step: Step
  readonly id: string
  readonly before: string
}

/** Writes a revision for each part, which runs its SQL by `op.execute`; an `autocommit_block` is outside of a transaction. */
export const writeAlembic: MigrationWriter = async (migration) => {
  const { migrations, paths, now } = migration
  const [head, ...more] = findHeads(migrations[0]?.app ?? '', migrations)
  const newest = paths.find((path) => head !== undefined && path.includes(head))
  if (head === undefined || more.length > 0) {
    return { unsupported: 'A new revision needs one head to follow; there are none or several.' }
  }
  const steps = toMigrationSteps(migration, { names: [], width: 4 })
  if ('unsupported' in steps) return steps
  if (hasLine(steps, /\\:/)) {
    return { unsupported: 'SQLAlchemy has no spelling for a backslash before a colon.' }
  }
  const revisions: Revision[] = []
  for (const step of steps) {
    const before = revisions.at(-1)?.id ?? head
    revisions.push({ step, before, id: (await sha256(`${before} ${step.title}`)).slice(0, 12) })
  }
  const folder = /^.*\//.exec(newest ?? '')?.[0] ?? ''
  return {
    files: revisions.map((revision) => ({
      path: `${folder}${revision.id}_${revision.step.title}.py`,
      content: toText(revision, now),
    })),
    names: revisions.map(({ id }) => id),
    notes: noteIrreversible(steps),
  }
}

function toText({ step, id, before }: Revision, now: number): string {
  const { up, down, title } = step
  const time = new Date(now).toISOString().replace('T', ' ').slice(0, 23)
  const back =
    down === null
      ? ["    raise NotImplementedError('This migration cannot be undone')"]
      : toCalls(down, step)
  return [
    `"""${title.replaceAll('_', ' ')}`,
    '',
    `Revision ID: ${id}`,
    `Revises: ${before}`,
    `Create Date: ${time}`,
    '',
    '"""',
    'from alembic import op',
    '',
    `revision = ${JSON.stringify(id)}`,
    `down_revision = ${JSON.stringify(before)}`,
    'branch_labels = None',
    'depends_on = None',
    '',
    '',
    'def upgrade() -> None:',
    ...toCalls(up, step),
    '',
    '',
    'def downgrade() -> None:',
    ...back,
    '',
  ].join('\n')
}

function toCalls(sql: readonly string[], { isTransaction }: Step): string[] {
  if (sql.length === 0) return ['    pass']
  const by = isTransaction ? '    ' : '        '
  const calls = sql.map(
    (one) => `${by}op.execute(\n${toPythonString(escapeNames(one), `${by}    `)}\n${by})`,
  )
  return isTransaction ? calls : ['    with op.get_context().autocommit_block():', ...calls]
}

// `:name` is a parameter for SQLAlchemy, unless a backslash stands before it
function escapeNames(sql: string): string {
  return sql.replace(/(?<![:\w]):(?=[\w$])/g, '\\:')
}
