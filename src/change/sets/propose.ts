import { StudioError } from '../../errors.ts'
import type { Exchange } from '../../http/exchange.ts'
import { canonicalJson, sha256 } from '../../lib/checksum.ts'
import { isoTime } from '../../lib/clock.ts'
import { toWellFormed } from '../../lib/text.ts'
import type { ChangeBase, ChangeSet } from '../../records/change.ts'
import type { ChangeModule, ChangeWork } from '../module.ts'
import type { Draft } from './draft.ts'
import { callerOf } from './state.ts'

/** What a change set is made of besides its files. */
export interface Proposal {
  readonly draft: Draft
  readonly reason: string | null
  /** What the caller sent, to recognise it when it comes again. */
  readonly request: unknown
  readonly operations: number
  readonly warnings: readonly string[]
  readonly notes: readonly string[]
}

/** Returns the tenant whose change sets a caller sees: the empty name for a caller without one. */
export function tenantOfCaller({ principal }: Exchange): string {
  return principal?.tenant ?? ''
}

/** Stores a change set for a draft, on the project as it is now. */
export async function propose(
  work: ChangeWork,
  exchange: Exchange,
  proposal: Proposal,
): Promise<ChangeSet> {
  const { draft, reason, request, ...said } = proposal
  const now = work.clock.now()
  const base = await readBase(work, exchange)
  const digest = await digestOf(base, draft)
  const createdBy = callerOf(exchange)
  const createdAt = isoTime(now)
  const change: ChangeSet = {
    id: `chg_${work.ids.hex(32)}`,
    tenant: tenantOfCaller(exchange),
    digest,
    kind: 'patch',
    reason: reason === null ? null : toWellFormed(reason),
    requestHash: await hashRequest(request),
    base,
    ...draft,
    ...said,
    createdBy,
    createdAt,
    expiresAt: isoTime(now + work.expiresMs),
    version: 0,
    status: 'pending',
    decision: null,
    events: [{ type: 'previewed', at: createdAt, by: createdBy, digest, reason: null }],
    phase: null,
    folders: [],
  }
  await work.changes.create(change)
  return change
}

/** Hashes a request, so that it is recognised when it comes again. */
export function hashRequest(request: unknown): Promise<string> {
  return sha256(canonicalJson(request))
}

/**
 * The digest covers what is applied and what it is applied to. Who asked and when are not in it, so that equal patches of equal
 * projects have equal digests (docs/decisions/179-what-a-digest-covers.md).
 */
function digestOf(base: ChangeBase, { files, texts, destructive }: Draft): Promise<string> {
  const whole = files.map((file, index) => ({ ...file, ...texts[index] }))
  return sha256(canonicalJson({ base, files: whole, destructive, migration: null, proof: null }))
}

/** Reads what the project is now. The snapshot is a new one: an older one could hide a change. */
export async function readBase(
  { workspace, introspection }: Pick<ChangeModule, 'workspace' | 'introspection'>,
  exchange: Exchange,
): Promise<ChangeBase> {
  const [rootId, commit, checksums] = await Promise.all([
    workspace.identify(),
    workspace.commit(),
    introspection.withScope(exchange, async (scope) => (await scope.snapshot(true)).checksums),
  ])
  return {
    rootId,
    commit,
    schemaChecksum: checksums.schema_checksum,
    migrationsChecksum: checksums.migrations_checksum,
  }
}

/** @throws StudioError `not_found` when the caller's tenant has no such change set. */
export async function requireChange(
  { changes }: Pick<ChangeWork, 'changes'>,
  exchange: Exchange,
  id: string,
): Promise<ChangeSet> {
  const change = await changes.get(tenantOfCaller(exchange), id)
  if (!change) throw new StudioError('not_found', 'Change set not found')
  return change
}
