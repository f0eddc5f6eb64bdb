import type { RunInfo, SessionReading, StudioClient } from '../../client.ts'
import {
  type ResultItem,
  type SessionUpdate,
  type ShownContent,
  shownResult,
  toolCallUpdate,
} from './session-updates.ts'

type Entry = SessionReading['transcript'][number]
type EntryOf<Kind extends Entry['kind']> = Extract<Entry, { kind: Kind }>
type Result = Extract<SessionReading['messages'][number], { role: 'tool' }>['content'][number]

/** Most pages of a session that are replayed, the newest. A page has up to 1,000 messages. */
const maxPages = 20

/** What a session holds, as updates, and the runs whose events are to follow, in their order. */
export interface Replay {
  readonly title: string | null
  readonly updates: readonly SessionUpdate[]
  readonly openRuns: readonly RunInfo[]
}

/**
 * Reads a session. What has ended comes from its transcript. Of a run that has not, only what the user said does: its own events
 * show the rest, so that nothing is shown twice.
 */
export async function readReplay(
  client: StudioClient,
  sessionId: string,
  signal: AbortSignal,
): Promise<Replay> {
  const pages = await readPages(client, sessionId, signal)
  const entries = pages.flatMap(({ transcript }) => transcript)
  const results = collectResults(pages)
  const settled = entries.findLastIndex((entry) => traceOf(entry) !== undefined) + 1
  const said = entries.slice(settled).filter((entry) => isUser(entry))
  const show = createEntryView(sessionId, results)
  const updates = [...entries.slice(0, settled), ...said].flatMap(show)
  const known = new Set(entries.map(traceOf))
  const { items } = await client.runs.list({ sessionId, limit: 100, signal }).page()
  const end = items.findIndex(({ trace }) => known.has(trace.traceId))
  const openRuns = items.slice(0, end < 0 ? items.length : end).toReversed()
  // A run that waits for its turn has no messages yet.
  const waiting = openRuns.slice(said.length > 0 ? 1 : 0)
  const prompts = waiting.flatMap(({ id, preview }) => (preview ? [userText(id, preview)] : []))
  return { title: pages.at(-1)?.title ?? null, updates: [...updates, ...prompts], openRuns }
}

async function readPages(client: StudioClient, sessionId: string, signal: AbortSignal) {
  const pages: SessionReading[] = []
  let before: number | undefined
  do {
    const place = before === undefined ? {} : { before }
    const page = await client.sessions.get(sessionId, { ...place, signal })
    pages.unshift(page)
    before = page.nextBefore
  } while (before !== undefined && pages.length < maxPages)
  return pages
}

/** A run that has ended has its trace at its last entry. */
function traceOf(entry: Entry): string | undefined {
  return entry.kind === 'message' ? entry.traceId : undefined
}

function isUser(entry: Entry): boolean {
  return entry.kind === 'message' && entry.role === 'user'
}

/** The results of each call. An id may occur in several runs, in the order of the runs. */
function collectResults(pages: readonly SessionReading[]): Map<string, Result[]> {
  const results = new Map<string, Result[]>()
  for (const message of pages.flatMap(({ messages }) => messages)) {
    if (message.role !== 'tool') continue
    for (const result of message.content) {
      results.set(result.id, [...(results.get(result.id) ?? []), result])
    }
  }
  return results
}

function createEntryView(sessionId: string, results: Map<string, Result[]>) {
  let count = 0
  return (entry: Entry): SessionUpdate[] => {
    const messageId = `${sessionId}-${count++}`
    if (entry.kind === 'tool') return [toCall(entry, results.get(entry.toolCallId)?.shift())]
    if (entry.kind === 'reasoning') return chunks('agent_thought_chunk', messageId, [entry.text])
    if (entry.role === 'assistant') return chunks('agent_message_chunk', messageId, [toText(entry)])
    const files = (entry.attachments ?? []).map(toFile)
    return chunks('user_message_chunk', messageId, [entry.text, ...files])
  }
}

function chunks(
  sessionUpdate: 'user_message_chunk' | 'agent_message_chunk' | 'agent_thought_chunk',
  messageId: string,
  contents: readonly (string | ShownContent)[],
): SessionUpdate[] {
  return contents
    .filter((content) => content !== '')
    .map((content) => {
      const shown =
        typeof content === 'string' ? ({ type: 'text', text: content } as const) : content
      return { sessionUpdate, content: shown, messageId }
    })
}

function userText(runId: string, text: string): SessionUpdate {
  const messageId = `${runId}-prompt`
  return { sessionUpdate: 'user_message_chunk', content: { type: 'text', text }, messageId }
}

/** A failure is shown as text, because nobody waits for the answer of its prompt any more. */
function toText({ text, tone }: EntryOf<'message'>): string {
  return tone === 'error' ? failureText(text) : text
}

/** Says that a run failed, to a reader of the conversation. */
export function failureText(message: string): string {
  return `The run failed: ${message}`
}

type Attachment = NonNullable<EntryOf<'message'>['attachments']>[number]

function toFile({ kind, name, mediaType, data, url }: Attachment): ShownContent {
  if (kind === 'image' && data !== undefined && mediaType !== undefined) {
    return { type: 'image', data, mimeType: mediaType }
  }
  const uri = url ?? name
  if (uri !== undefined && !uri.startsWith('data:') && URL.canParse(uri)) {
    return { type: 'resource_link', uri, name: uri.split('/').at(-1) || uri }
  }
  return { type: 'text', text: `[${name ?? mediaType ?? kind}]` }
}

function toCall(entry: EntryOf<'tool'>, result: Result | undefined): SessionUpdate {
  const { toolCallId, toolName, args, approval } = entry
  const rawInput: unknown = JSON.parse(args)
  const text = entry.result ?? textOf(result)
  const isRefused = approval !== undefined && !['approved', 'pending'].includes(approval.status)
  const isFailed = text === undefined || result?.isError === true || isRefused
  const hasImages = result?.content.some(({ type }) => type !== 'text') === true
  const items: readonly ResultItem[] = hasImages ? result.content : []
  return toolCallUpdate(toolCallId, toolName, {
    status: isFailed ? 'failed' : 'completed',
    rawInput,
    ...(text === undefined ? {} : shownResult(text, items)),
  })
}

/** A page may end between a call and its result. */
function textOf(result: Result | undefined): string | undefined {
  return result?.content.map((item) => (item.type === 'text' ? item.text : '')).join('\n')
}
