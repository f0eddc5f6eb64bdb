import { StudioError } from '../../errors.ts'
import type { Exchange } from '../../http/exchange.ts'
import { canonicalJson, sha256 } from '../../lib/checksum.ts'
import type { Snapshot } from '../../introspection/model/snapshot.ts'
import { isoTime } from '../../lib/clock.ts'
import { toWellFormedJson } from '../../lib/json.ts'
import { toWellFormed } from '../../lib/text.ts'
import type { ChangeBase, ChangeKind, ChangeSet } from '../../records/change.ts'
import type { Proof } from '../../records/proof.ts'
import type { ChangeModule, ChangeWork } from '../module.ts'
import { structureChecksum } from '../schema/catalog-structure.ts'
import { requireCommittable } from './branch.ts'
import type { Draft } from './draft.ts'
import { proveTypes } from './prove-types.ts'
import { callerOf } from './state.ts'

/** What a change set is made of besides its files. */
export interface Proposal {
  readonly kind: ChangeKind
  /** What the snapshot said from which the change was computed; undefined reads it now. */
  readonly checksums?: ProjectChecksums
  readonly migration?: ChangeSet['migration']
  readonly proof?: Proof | null
  readonly plan?: ChangeSet['plan']
  readonly draft: Draft
  readonly reason: string | null
  /** What the caller sent, to recognise it when it comes again. */
  readonly request: unknown
  readonly operations: number
  readonly warnings: readonly string[]
  readonly notes: readonly string[]
}

/** The parts of a base that a snapshot of the project gives. */
export type ProjectChecksums = Pick<
  ChangeBase,
  'schemaChecksum' | 'migrationsChecksum' | 'structureChecksum'
>

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
  const { draft, reason, request, checksums, migration = null, proof: tried, ...said } = proposal
  const plan = proposal.plan ? toWellFormedJson(proposal.plan) : null
  const now = work.clock.now()
  const base = await readBase(work, exchange, { known: checksums })
  await requireCommittable(work.workspace, { base, draft }, 'unprocessable')
  const proof = await proveTypes(work.workspace, draft, tried ?? null)
  const digest = await digestOf(base, { ...draft, migration, proof, plan })
  const createdBy = callerOf(exchange)
  const createdAt = isoTime(now)
  const change: ChangeSet = {
    id: `chg_${work.ids.hex(32)}`,
    tenant: tenantOfCaller(exchange),
    digest,
    reason: reason === null ? null : toWellFormed(reason),
    requestHash: await hashRequest(request),
    base,
    ...draft,
    ...said,
    migration,
    proof,
    plan,
    createdBy,
    createdAt,
    expiresAt: isoTime(now + work.expiresMs),
    version: 0,
    status: 'pending',
    decision: null,
    events: [
      {
        type: 'previewed',
        at: createdAt,
        startedAt: isoTime(work.startedAt),
        by: createdBy,
        digest,
        reason: null,
      },
    ],
    phase: null,
    folders: [],
    run: null,
    progress: null,
    commit: null,
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
function digestOf(
  base: ChangeBase,
  {
    files,
    texts,
    destructive,
    migration,
    proof,
    plan,
  }: Draft & Pick<ChangeSet, 'migration' | 'proof' | 'plan'>,
): Promise<string> {
  const whole = files.map((file, index) => ({ ...file, ...texts[index] }))
  const verdict = proof && toVerdict(proof)
  const { runId: _runId, ...steps } = plan ?? {}
  const content = { base, files: whole, destructive, migration, proof: verdict }
  return sha256(canonicalJson(plan ? { ...content, plan: steps } : content))
}

/** The part of a proof that is equal whenever it is made again: not how long it took, nor why it was not made. */
function toVerdict(proof: Proof): object {
  const { types } = proof
  const checked = types ? { types: types.ran ? { ran: true, errors: types.errors } : false } : {}
  if (!proof.ran) return { ran: false, ...checked }
  const { ms: _ms, types: _types, ...verdict } = proof
  return { ...verdict, ...checked }
}

/** Reads what the project is now. The snapshot is a new one: an older one could hide a change. */
export async function readBase(
  { workspace, introspection }: Pick<ChangeModule, 'workspace' | 'introspection'>,
  exchange: Exchange,
  {
    known,
    hasStructure = false,
  }: { readonly known?: ProjectChecksums | undefined; readonly hasStructure?: boolean } = {},
): Promise<ChangeBase> {
  const read = () =>
    introspection.withScope(exchange, async (scope) =>
      toProjectChecksums(await scope.snapshot(true), hasStructure),
    )
  const [rootId, commit, checksums] = await Promise.all([
    workspace.identify(),
    workspace.commit(),
    known ?? read(),
  ])
  return { rootId, commit, ...checksums }
}

/** Takes what a base says of a project from a snapshot. @throws StudioError `unavailable` without a catalog, if it is needed. */
export async function toProjectChecksums(
  { checksums, catalog }: Pick<Snapshot, 'checksums' | 'catalog'>,
  hasStructure: boolean,
): Promise<ProjectChecksums> {
  if (hasStructure && !catalog) {
    throw new StudioError('unavailable', 'The catalog of the database could not be read')
  }
  return {
    schemaChecksum: checksums.schema_checksum,
    migrationsChecksum: checksums.migrations_checksum,
    structureChecksum: hasStructure && catalog ? await structureChecksum(catalog) : null,
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
