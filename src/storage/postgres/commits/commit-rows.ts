import type { Approval } from '../../../records/approval.ts'
import { hasSuccess, type ToolCall } from '../../../records/run.ts'
import type { RunChange, RunRef } from '../../store.ts'
import type { ApprovalDescription } from '../rows.ts'

/** A change, and the claim that writes it. */
export interface Commit {
  readonly ref: RunRef
  readonly change: RunChange
}

/** The rows that a group of changes writes, by table. `place` is the place of the change in the group. */
export interface CommitRows {
  readonly runs: readonly RunUpdate[]
  readonly events: readonly { place: number; first: number; last: number; lines: string }[]
  readonly messages: readonly { place: number; at: number; turn: number; json: unknown }[]
  readonly turns: readonly { place: number; turn: number; json: unknown }[]
  readonly toolCalls: readonly { place: number; json: unknown }[]
  readonly approvals: readonly { place: number; json: unknown }[]
}

/** What a change does to the row of its run. Members without a value are left out. */
type RunUpdate = ReturnType<typeof toRunUpdate>

/** Sorts changes by the tables that they write to. */
export function toCommitRows(commits: readonly Commit[]): CommitRows {
  const all = <T>(list: (change: Commit['change'], place: number) => readonly T[]) =>
    commits.flatMap(({ change }, place) => list(change, place))
  return {
    runs: commits.map(toRunUpdate),
    events: all(toBatches),
    messages: all(({ messages = [] }, place) =>
      messages.map(({ turn, message }, at) => ({ place, at, turn, json: message })),
    ),
    turns: all(({ turn }, place) => (turn ? [{ place, turn: turn.turn, json: turn }] : [])),
    toolCalls: all(({ toolCalls = [] }, place) =>
      latest(toolCalls).map((json) => ({ place, json })),
    ),
    approvals: all(({ approvals = [] }, place) =>
      approvals.map((approval) => ({ place, json: toApprovalRow(approval) })),
    ),
  }
}

function toRunUpdate({ ref, change }: Commit, place: number) {
  const { entries = [], messages = [], toolCalls, turn, usage, release, write, title } = change
  const end = release?.to === 'end' ? release : undefined
  return {
    place,
    id: ref.runId,
    epoch: ref.epoch,
    write,
    first_seq: entries[0]?.seq,
    entries: entries.length,
    messages: messages.length,
    turn: turn?.turn ?? 0,
    success: hasSuccess(toolCalls ?? []),
    usage,
    release: release?.to,
    status: end?.status,
    output: end?.output,
    error: end?.error,
    partial: end?.partial,
    /** Does the change write to the session of its run? */
    touches: messages.length > 0 || title !== undefined || end !== undefined,
    title,
    expiry: change.approvals?.flatMap(({ expiresAt }) => expiresAt ?? []).sort()[0],
  }
}

/** Entries in one row. Readers page through the log, and PostgreSQL reads a row as a whole. */
const batchSize = 512

function toBatches({ entries = [] }: Commit['change'], place: number) {
  const batches = []
  for (let start = 0; start < entries.length; start += batchSize) {
    const batch = entries.slice(start, start + batchSize)
    const first = batch[0]?.seq ?? 0
    const lines = batch.map(({ json }) => json).join('\n')
    batches.push({ place, first, last: first + batch.length - 1, lines })
  }
  return batches
}

// One statement may update a row only once, so keep the last of several changes to one call.
function latest(toolCalls: readonly ToolCall[]): ToolCall[] {
  return [...new Map(toolCalls.map((call) => [call.toolCallId, call])).values()]
}

function toApprovalRow(approval: Approval) {
  const { id, requestedAt, expiresAt, input } = approval
  return { id, requestedAt, expiresAt, input, description: describeApproval(approval) }
}

function describeApproval(approval: Approval): ApprovalDescription {
  const { toolName, toolCallId, internalCallId, args, requestReason, metadata, clientTool } =
    approval
  const description = { toolName, toolCallId, internalCallId, args, requestReason, metadata }
  return clientTool ? { ...description, clientTool } : description
}
