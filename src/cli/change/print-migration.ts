import type { ChangeInfo, ChangeSummaryInfo } from '../../client.ts'
import { toFact, toList, toOneLine } from './lines.ts'
import type { Paint } from './visible.ts'

type Migration = NonNullable<ChangeInfo['migration']>

/** The locks of tables that PostgreSQL has, the strongest first. */
const locks = [
  'ACCESS EXCLUSIVE',
  'EXCLUSIVE',
  'SHARE ROW EXCLUSIVE',
  'SHARE',
  'SHARE UPDATE EXCLUSIVE',
  'ROW EXCLUSIVE',
  'ROW SHARE',
  'ACCESS SHARE',
]

const runs = {
  running: { tone: 'wait', text: 'runs now' },
  migrated: { tone: 'good', text: 'has run, and the database is as predicted' },
  drifted: { tone: 'bad', text: 'has run, and the database is not as predicted' },
  failed: { tone: 'bad', text: 'failed' },
  reverted: { tone: 'quiet', text: 'was taken back' },
} as const satisfies Record<NonNullable<Migration['run']>['status'], unknown>

/** Prints the migration of a change set: what became of it, its proof, and each statement with what it costs. */
export function printMigration({ migration, proof }: ChangeSummaryInfo, paint: Paint): string[] {
  if (!migration) return []
  const { tool, app, names, statements, reversible } = migration
  return [
    '',
    paint('bold', 'Migration'),
    toFact('Tool', `${tool}, app ${app}`, paint),
    toFact('Names', names.join('\n'), paint),
    ...describeProof(proof, paint),
    toFact('Way back', reversible ? 'yes, to the structure of before' : 'none', paint),
    ...describeRun(migration, paint),
    '',
    paint('bold', statements.length === 1 ? '1 statement' : `${statements.length} statements`),
    ...statements.flatMap((statement) => printStatement(statement, paint)),
  ]
}

/** Prints the SQL that takes a migration back; nothing if there is none. */
export function printWayBack({ migration }: ChangeSummaryInfo, paint: Paint): string {
  const down = migration?.down ?? ''
  if (down === '') return ''
  return ['', paint('bold', 'Way back'), ...indent(down, paint)].join('\n')
}

function indent(sql: string, paint: Paint): string[] {
  return sql.split('\n').map((line) => `  ${paint(null, line)}`)
}

/** Returns the strongest lock that a migration takes; null if it takes none on a table that exists. */
export function strongestLock({ statements }: Migration): string | null {
  const taken = new Set(statements.map(({ lock }) => lock))
  return locks.find((lock) => taken.has(lock)) ?? [...taken].find((lock) => lock !== null) ?? null
}

function describeProof(proof: ChangeInfo['proof'], paint: Paint): string[] {
  if (!proof) return []
  if (!proof.ran) return [toFact('Proof', `not tried: ${proof.reason}`, paint, 'wait')]
  const { ms, drift, lint_new: findings } = proof
  return [
    drift.length === 0
      ? toFact('Proof', `ran on a copy in ${ms} ms, as predicted`, paint, 'good')
      : toFact('Proof', `ran on a copy in ${ms} ms, and not as predicted`, paint, 'bad'),
    ...toList('The copy differs', drift, paint, 'bad'),
    ...toList('New findings of schema health', findings, paint, 'wait'),
  ]
}

/** Says what became of a migration in the database. */
export function describeRun({ run }: Migration, paint: Paint): string[] {
  if (!run) return [toFact('Database', 'Studio has not run it', paint)]
  const { tone, text } = runs[run.status]
  const why = run.message === null ? '' : `: ${run.message}`
  return [
    toFact('Database', `${text}${why}, ${run.at}`, paint, tone),
    ...toList('The database differs', run.drift, paint, 'bad'),
  ]
}

function printStatement(statement: Migration['statements'][number], paint: Paint): string[] {
  const { sql, lock, rewrites, transaction, note } = statement
  const costs = [
    lock === null ? 'no lock' : `lock ${lock}`,
    ...(rewrites === true ? ['rewrites the table'] : []),
    ...(rewrites === null ? ['may rewrite the table'] : []),
    ...(transaction === 'none' ? ['outside a transaction'] : []),
    ...(transaction === 'own' ? ['in a transaction of its own'] : []),
  ]
  const isHeavy = lock === locks[0] || rewrites !== false
  return [
    ...indent(sql, paint),
    `    ${paint(isHeavy ? 'wait' : 'quiet', costs.join(', '))}`,
    ...(note === null ? [] : [`    ${paint('quiet', toOneLine(note))}`]),
  ]
}
