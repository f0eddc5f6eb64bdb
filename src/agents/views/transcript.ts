import { groupBy } from '../../lib/groups.ts'
import { isRecord, toJson } from '../../lib/json.ts'
import type { Approval } from '../../records/approval.ts'
import {
  type AssistantMessage,
  type ToolCallPart,
  type ToolMessage,
  toolResultText,
  type UserMessage,
} from '../../records/message.ts'
import type { RunSummary } from '../../records/run.ts'
import type { SessionMessage, SessionRun } from '../../storage/store.ts'
import type { Attachment, EmbeddedApproval, TranscriptEntry } from '../answers/session-answers.ts'
import { present } from './resources.ts'
import { elapsedMs } from './trace-summary.ts'

type Unnumbered<Kind> = Kind extends TranscriptEntry ? Omit<Kind, 'entryId'> : never
type Entry = Unnumbered<TranscriptEntry>
type MessageEntry = Extract<Entry, { kind: 'message' }>
type ToolEntry = Extract<Entry, { kind: 'tool' }>

/**
 * Shows a conversation as people read it, made from messages, approvals and outcomes, and equal for streamed and buffered
 * runs. Entries are numbered from 0. Tool results belong to the tool call of their id.
 */
export function toTranscript(
  messages: readonly SessionMessage[],
  runs: readonly SessionRun[],
): TranscriptEntry[] {
  const byRun = new Map(runs.map((sessionRun) => [sessionRun.run.id, sessionRun]))
  const groups = groupBy(messages, ({ runId }) => runId)
  const entries = [...groups].flatMap(([runId, group]) => runEntries(group, byRun.get(runId)))
  return entries.map((entry, entryId) => ({ entryId, ...entry }))
}

function runEntries(messages: readonly SessionMessage[], journal: SessionRun | undefined): Entry[] {
  const approvals = new Map(journal?.approvals.map((approval) => [approval.toolCallId, approval]))
  const entries: Entry[] = []
  const run = journal && reachesEnd(messages, journal) ? journal.run : null
  const shown = messages.map(({ message }) => message)
  for (const message of run?.partial ? [...shown, run.partial] : shown) {
    if (message.role === 'user') entries.push(userEntry(message))
    else if (message.role === 'system') entries.push(textEntry('assistant', message.content))
    else if (message.role === 'assistant') addAssistant(entries, message, approvals)
    else addResults(entries, message)
  }
  if (run?.endedAt) addOutcome(entries, run)
  return entries
}

/** A page may end in the middle of a run. The outcome then belongs to the next page. */
function reachesEnd(messages: readonly SessionMessage[], { lastMessage }: SessionRun): boolean {
  const shown = messages.at(-1)
  if (!shown || !lastMessage || shown.turn !== lastMessage.turn) return !shown && !lastMessage
  // a turn of a hosted agent has several messages of the same role
  return JSON.stringify(shown.message) === JSON.stringify(lastMessage.message)
}

function textEntry(role: 'user' | 'assistant', text: string): MessageEntry {
  return { kind: 'message', role, text }
}

function userEntry({ content }: UserMessage): Entry {
  const text = content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n')
  const attachments = content.flatMap((part) => (part.type === 'text' ? [] : [toAttachment(part)]))
  return { ...textEntry('user', text), ...(attachments.length > 0 ? { attachments } : {}) }
}

/** Inline text documents are shown by name and type only. */
function toAttachment(part: Exclude<UserMessage['content'][number], { type: 'text' }>): Attachment {
  const { type, source } = part
  return present<Attachment>({
    kind: type,
    name: 'filename' in source ? source.filename : null,
    mediaType: 'mediaType' in source ? source.mediaType : null,
    data: source.type === 'base64' ? source.data : null,
    url: source.type === 'url' ? source.url : null,
  })
}

function addAssistant(
  entries: Entry[],
  { content }: AssistantMessage,
  approvals: ReadonlyMap<string, Approval>,
): void {
  for (const part of content) {
    const last = entries.at(-1)
    if (part.type === 'text') {
      if (last?.kind === 'message' && last.role === 'assistant') last.text += part.text
      else entries.push(textEntry('assistant', part.text))
    } else if (part.type === 'reasoning') {
      const { text, id } = part
      entries.push({ kind: 'reasoning', text, ...(id === undefined ? {} : { reasoningId: id }) })
    } else if (part.type === 'tool_call') {
      entries.push(toolEntry(part, approvals.get(part.id)))
    }
  }
}

function toolEntry(part: ToolCallPart, approval: Approval | undefined): ToolEntry {
  return present<ToolEntry>({
    kind: 'tool',
    toolName: part.function.name,
    toolCallId: part.id,
    callId: part.id,
    args: JSON.stringify(part.function.arguments, null, 2),
    result: hostedResult(part),
    approval: approval && embedApproval(approval),
  })
}

/** A provider answers its own calls in the same message. */
function hostedResult({ additionalParams }: ToolCallPart): string | null {
  if (!isRecord(additionalParams) || additionalParams.result === undefined) return null
  return JSON.stringify(additionalParams.result)
}

function addResults(entries: readonly Entry[], { content: results }: ToolMessage): void {
  for (const { id, content } of results) {
    const entry = entries.findLast(
      (one): one is ToolEntry => one.kind === 'tool' && one.callId === id,
    )
    if (!entry) continue
    entry.result = toolResultText(content)
    if (content.some(({ type }) => type !== 'text')) entry.structuredResult = toJson(content)
  }
}

function embedApproval(approval: Approval): EmbeddedApproval {
  const { id, status, requestedAt, resolvedAt, requestReason, decisionReason, clientTool } =
    approval
  const reason = decisionReason ?? requestReason
  return present<EmbeddedApproval>({ id, status, requestedAt, resolvedAt, reason, clientTool })
}

/**
 * Adds the run's time and trace to its last answer. A run without an answer gets an empty one. A run that failed or was
 * cancelled gets an entry that says so, also to readers who look at the text alone.
 */
function addOutcome(entries: Entry[], run: RunSummary): void {
  const durationMs = elapsedMs(run.startedAt ?? run.createdAt, run.endedAt ?? run.createdAt)
  const outcome = { durationMs, traceId: run.traceId }
  const answer = entries.at(-1)
  if (run.error) {
    const { code, message } = run.error
    const error = { code, message }
    entries.push({ ...textEntry('assistant', message), tone: 'error', error, ...outcome })
  } else if (run.status === 'cancelled') {
    const text = run.cancelReason ?? 'The run was cancelled.'
    entries.push({ ...textEntry('assistant', text), tone: 'cancelled', ...outcome })
  } else if (answer?.kind === 'message' && answer.role === 'assistant') {
    Object.assign(answer, outcome)
  } else {
    entries.push({ ...textEntry('assistant', ''), ...outcome })
  }
}
