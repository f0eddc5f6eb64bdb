import { present } from '../../agents/views/resources.ts'
import type { Approval } from '../../records/approval.ts'
import type { RunSummary } from '../../records/run.ts'
import type { RunJournal } from '../../storage/store.ts'
import type { WireArtifact, WireMessage, TaskStatus, WireTask } from './a2a-answers.ts'
import { dataPart, toWireParts } from './parts.ts'

/** The ids that each event of a task has. */
export interface TaskIds {
  readonly taskId: string
  readonly contextId: string
}

/** What a client must know of an approval to decide it. */
interface ShownApproval extends Pick<Approval, 'id' | 'toolName' | 'toolCallId' | 'input'> {
  readonly requestReason?: string | null
  readonly expiresAt?: string | null
}

type KnownApproval = {
  readonly approvalId: string
  readonly toolName: string
  readonly toolCallId: string
  readonly reason?: string
  readonly expiresAt?: string
}

/** Returns a message of the agent. Its id is that of the task with a suffix, so a repeated one is the same message. */
function agentMessage(ids: TaskIds, suffix: string, parts: WireMessage['parts']): WireMessage {
  return { messageId: `${ids.taskId}-${suffix}`, ...ids, role: 'ROLE_AGENT', parts }
}

/** Asks for the approvals of a task: one data part for each, and how to answer. */
export function toQuestion(ids: TaskIds, approvals: readonly ShownApproval[]): WireMessage {
  const parts = approvals.map(({ id, toolName, toolCallId, input, requestReason, expiresAt }) => {
    const known = present<KnownApproval>({
      approvalId: id,
      toolName,
      toolCallId,
      reason: requestReason,
      expiresAt,
    })
    return dataPart({ ...known, input })
  })
  const text =
    'The task waits for approval. Send a message with its taskId and one data part for each decision: { "approvalId": "…", "approved": true or false, "reason"?, "input"? }'
  return agentMessage(ids, `question-${approvals[0]?.id ?? ''}`, [...parts, { text }])
}

/** Says why a task ended. */
export function toReason(ids: TaskIds, text: string | null | undefined): { message?: WireMessage } {
  return text ? { message: agentMessage(ids, 'end', [{ text }]) } : {}
}

const states = {
  queued: 'TASK_STATE_SUBMITTED',
  running: 'TASK_STATE_WORKING',
  waiting: 'TASK_STATE_WORKING', // while no approval is pending: it goes on
  succeeded: 'TASK_STATE_COMPLETED',
  failed: 'TASK_STATE_FAILED',
  cancelled: 'TASK_STATE_CANCELED',
} as const

function toStatus(run: RunSummary, pending: readonly Approval[], ids: TaskIds): TaskStatus {
  const last = pending.at(-1)
  if (run.status === 'waiting' && last) {
    const message = toQuestion(ids, pending)
    return { state: 'TASK_STATE_INPUT_REQUIRED', message, timestamp: last.requestedAt }
  }
  const timestamp = run.endedAt ?? run.startedAt ?? run.createdAt
  const reason = run.status === 'failed' ? run.error?.message : run.cancelReason
  const message = run.endedAt === null || run.status === 'succeeded' ? {} : toReason(ids, reason)
  return { state: states[run.status], ...message, timestamp }
}

/** What a task shows of its run. */
export interface TaskParts {
  readonly run: RunSummary
  readonly contextId: string
  readonly pending: readonly Approval[]
  readonly artifacts?: readonly WireArtifact[]
  readonly history?: readonly WireMessage[]
}

/** Shows a run as a task. */
export function toTask({ run, contextId, pending, artifacts, history }: TaskParts): WireTask {
  const { messageId: _, contextId: __, ...metadata } = run.input.metadata ?? {}
  return present<WireTask>({
    id: run.id,
    contextId,
    status: toStatus(run, pending, { taskId: run.id, contextId }),
    artifacts,
    history,
    metadata: { ...metadata, usage: { ...run.usage } },
  })
}

/** Returns the id of the artifact of a turn: another one for each attempt that replaces a lost one. */
export function artifactIdOf(turn: number, attempt: number): string {
  return attempt > 1 ? `turn-${turn}-attempt-${attempt}` : `turn-${turn}`
}

/** Shows the texts of the turns that are stored. */
export function toArtifacts({ messages, turns }: RunJournal): WireArtifact[] {
  return messages.flatMap(({ turn, message }) => {
    if (turn < 1 || message.role !== 'assistant') return []
    const text = message.content.map((part) => (part.type === 'text' ? part.text : '')).join('')
    const attempt = turns.find((one) => one.turn === turn)?.attempt ?? 1
    return text === '' ? [] : [{ artifactId: artifactIdOf(turn, attempt), parts: [{ text }] }]
  })
}

/** Shows the message that began a task; none with a `historyLength` of 0, or if it was not one of a user. */
export function toHistory(
  { run }: RunJournal,
  contextId: string,
  historyLength = 1,
): WireMessage[] {
  const { prompt, metadata } = run.input
  if (historyLength === 0 || prompt.role !== 'user') return []
  const sent = metadata?.['messageId']
  const messageId = typeof sent === 'string' ? sent : `${run.id}-prompt`
  return [{ messageId, contextId, taskId: run.id, role: 'ROLE_USER', parts: toWireParts(prompt) }]
}
