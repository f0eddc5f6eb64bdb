import { isoTime } from '../../lib/clock.ts'
import type { ChangeSet } from '../../records/change.ts'
import type { ContractClock } from './case.ts'

let made = 0

/** Makes a change set that waits for a decision. */
export function newChange(clock: ContractClock, fields: Partial<ChangeSet> = {}): ChangeSet {
  const createdAt = isoTime(clock.now())
  return {
    id: `chg_${++made}`,
    tenant: '',
    digest: 'd'.repeat(64),
    kind: 'patch',
    reason: null,
    requestHash: 'r'.repeat(64),
    base: {
      rootId: `root ${made}`,
      commit: null,
      schemaChecksum: '0',
      migrationsChecksum: '0',
      structureChecksum: null,
    },
    files: [{ path: 'a.ts', mode: 'create', before: null, after: 'a'.repeat(64) }],
    texts: [
      { diff: '+\u0000\ud800 "\\u0000"', original: null, content: '\u00e4\u{1f600}\\u0000\r\n' },
    ],
    destructive: [],
    migration: null,
    proof: null,
    plan: null,
    operations: 1,
    warnings: ['a'],
    notes: [],
    createdBy: 'ada',
    createdAt,
    expiresAt: isoTime(clock.now() + 1_000),
    version: 0,
    status: 'pending',
    decision: null,
    events: [{ type: 'previewed', at: createdAt, by: 'ada', digest: 'd', reason: null }],
    phase: null,
    commit: null,
    folders: [],
    run: null,
    progress: null,
    ...fields,
  }
}

/** A step of a plan that changes nothing. */
export const plannedStep = {
  id: 'a',
  type: 'run_query_check',
  description: '\u00e4',
  reasoning: null,
  dependsOn: [],
  effects: 'none',
  simulated: false,
  files: [],
  check: { plan: { model: 'Order', filters: [] }, expect: { min: 0 } },
} as const
