/** The table locks of PostgreSQL that a fix may take, weakest first. */
export const lockModes = [
  'SHARE UPDATE EXCLUSIVE',
  'SHARE',
  'SHARE ROW EXCLUSIVE',
  'EXCLUSIVE',
  'ACCESS EXCLUSIVE',
] as const

/** A table lock of PostgreSQL: one of `lockModes`. */
export type LockMode = (typeof lockModes)[number]

/** What the statements of a fix do to a table while they run. */
export interface FixEffect {
  /** The strongest lock that they take on a table, view or sequence; null if they take none, or if it is unknown. */
  readonly lock: LockMode | null
  /** True if they write every row of a table or materialized view anew; null if it is unknown. */
  readonly rewrites: boolean | null
}

/** The effect of each kind of statement, by its beginning; the first one that matches counts. Names are written as `x`. */
const effects: readonly (readonly [RegExp, FixEffect])[] = [
  [/^(CREATE|DROP|REINDEX)( UNIQUE)? INDEX CONCURRENTLY /, keep('SHARE UPDATE EXCLUSIVE')],
  [/^(VACUUM|ANALYZE)\b/, keep('SHARE UPDATE EXCLUSIVE')],
  [/^ALTER TABLE \S+ VALIDATE CONSTRAINT /, keep('SHARE UPDATE EXCLUSIVE')],
  [/^ALTER TABLE \S+ RESET /, keep('SHARE UPDATE EXCLUSIVE')],
  [/^CREATE( UNIQUE)? INDEX /, keep('SHARE')],
  [/^ALTER DOMAIN /, keep('SHARE')], // on each table with a column of the domain
  [/^ALTER TABLE \S+ ENABLE (ALWAYS )?TRIGGER /, keep('SHARE ROW EXCLUSIVE')],
  [/^ALTER SEQUENCE /, keep('SHARE ROW EXCLUSIVE')],
  [/^ALTER TABLE \S+ (SET LOGGED|ALTER COLUMN \S+ TYPE )/, rewrite()],
  [/^ALTER TABLE \S+ ADD COLUMN \S+ .*\bGENERATED /, rewrite()],
  [/^REFRESH MATERIALIZED VIEW /, rewrite()],
  [/^(ALTER (TABLE|VIEW)|DROP (INDEX|SEQUENCE)|CREATE TABLE) /, keep('ACCESS EXCLUSIVE')],
  [/^(GRANT|REVOKE|SELECT setval|BEGIN|COMMIT)\b/, { lock: null, rewrites: false }],
  [/^ALTER EXTENSION /, { lock: null, rewrites: null }],
]

function keep(lock: LockMode): FixEffect {
  return { lock, rewrites: false }
}

function rewrite(): FixEffect {
  return { lock: 'ACCESS EXCLUSIVE', rewrites: true }
}

/**
 * Returns what the statements of a fix do together: the strongest lock, and whether one of them rewrites.
 *
 * @throws TypeError for a statement whose effect is not listed.
 * @see docs/decisions/133-a-fix-names-its-lock.md
 */
export function toFixEffect(sql: string): FixEffect {
  const plain = sql.replace(/"(?:[^"]|"")*"/g, 'x').replace(/'(?:[^']|'')*'/g, "''")
  const found = plain.split(/;\s*/).filter(Boolean).map(effectOf)
  const rank = ({ lock }: FixEffect) => (lock === null ? -1 : lockModes.indexOf(lock))
  const strongest = found.reduce((a, b) => (rank(b) > rank(a) ? b : a))
  const isUnknown = found.some(({ rewrites }) => rewrites === null)
  return {
    lock: strongest.lock,
    rewrites: isUnknown ? null : found.some(({ rewrites }) => rewrites === true),
  }
}

function effectOf(statement: string): FixEffect {
  const effect = effects.find(([pattern]) => pattern.test(statement))?.[1]
  if (!effect) throw new TypeError(`The effect of this statement is not listed: ${statement}`)
  return effect
}

const blocked: Readonly<Record<LockMode, string>> = {
  'SHARE UPDATE EXCLUSIVE': 'which blocks neither reads nor writes',
  SHARE: 'which blocks writes',
  'SHARE ROW EXCLUSIVE': 'which blocks writes',
  EXCLUSIVE: 'which blocks writes',
  'ACCESS EXCLUSIVE': 'which blocks reads and writes',
}

/** Says in one sentence, without a full stop, which lock a fix takes and whether it rewrites the table. */
export function describeEffect({ lock, rewrites }: FixEffect): string {
  if (rewrites === null) return 'Which locks it takes depends on the scripts of the extension'
  if (lock === null) return 'It takes no lock on the table and does not rewrite it'
  const article = /^[AE]/.test(lock) ? 'an' : 'a'
  const blocks = `It takes ${article} ${lock} lock, ${blocked[lock]}`
  return rewrites
    ? `${blocks} until it has rewritten the table`
    : `${blocks}, and does not rewrite the table`
}
