import type { Engine } from '../../agents/engine/engine.ts'
import { requireFound } from '../../agents/http/require.ts'
import type { AgentsModule } from '../../agents/module.ts'
import type { Exchange } from '../../http/exchange.ts'
import { groupBy } from '../../lib/groups.ts'
import type { UserMessage } from '../../records/message.ts'
import type { RunSummary } from '../../records/run.ts'
import type { Session } from '../../records/session.ts'
import type { RunJournal, SessionMessage, SessionRun } from '../../storage/store.ts'
import { type KnownCalls, toAnswerParts, toUserParts } from './message-parts.ts'
import type { SdkVersion } from './sdk-version.ts'
import { toMetadata } from './stream-chat.ts'
import type { UiMessage, UiMessages } from './ui-answers.ts'

/** Which messages to read of which chat. */
export interface MessagesQuery {
  readonly session: Session
  readonly sdk: SdkVersion
  readonly limit: number
  readonly before: number | null
}

/**
 * Reads a chat as `useChat` shows it. What a run writes that is not finished is left out: its stream begins at its beginning. A run that
 * waits is shown with its open approvals.
 */
export async function readUiMessages(
  module: AgentsModule,
  exchange: Exchange,
  { session, sdk, limit, before }: MessagesQuery,
): Promise<UiMessages> {
  const engine = module.engineOf(exchange)
  const page = { limit, before, bytes: engine.limits.sessionBytes }
  const { tenant, id } = session
  const reading = requireFound(await engine.stores.sessions.read(tenant, id, page), 'Chat')
  const shown = wholeRuns(reading.messages)
  const byRun = new Map(reading.runs.map((one) => [one.run.id, one]))
  const open = before === null ? await readOpenRuns(engine, session) : []
  const journals = new Map(open.map((journal) => [journal.run.id, journal]))
  const groups = groupBy(shown, ({ runId }) => runId)
  for (const { run } of open) if (!groups.has(run.id)) groups.set(run.id, [])
  const messages = [...groups].flatMap(([runId, group]) => {
    const journal = journals.get(runId)
    return toMessages(module, { group, entry: byRun.get(runId), journal, sdk })
  })
  const first = shown[0]?.position ?? 0
  return { messages, ...(first > 0 ? { nextBefore: first } : {}) }
}

/** A page may begin in the middle of a run, whose message would then be shown in two pieces. The earlier page has it whole. */
function wholeRuns(messages: readonly SessionMessage[]): readonly SessionMessage[] {
  const start = messages.findIndex(({ turn }) => turn === 0)
  return start > 0 ? messages.slice(start) : messages
}

/** The prompts of queued runs are not yet messages of the session. */
async function readOpenRuns({ stores }: Engine, session: Session): Promise<RunJournal[]> {
  const { items } = await stores.runs.list({
    tenant: session.tenant,
    limit: 100,
    cursor: null,
    statuses: ['queued', 'running', 'waiting'],
    agentId: session.agentId,
    sessionId: session.id,
  })
  if (items.length === 0) return []
  return (await stores.runs.journals(items.map(({ id }) => id))).toReversed()
}

interface RunGroup {
  readonly group: readonly SessionMessage[]
  readonly entry: SessionRun | undefined
  readonly journal: RunJournal | undefined
  readonly sdk: SdkVersion
}

function toMessages(module: AgentsModule, { group, entry, journal, sdk }: RunGroup): UiMessage[] {
  const run = journal?.run ?? entry?.run
  const runId = run?.id ?? group[0]?.runId ?? ''
  const written = group.map(({ message }) => message)
  if (written.length === 0 && journal) written.push(journal.run.input.prompt)
  const users = written
    .filter((message): message is UserMessage => message.role === 'user')
    .map((message, index) => toUser(message, userId(run, runId, index)))
  if (!run || run.status === 'queued' || run.status === 'running') return users
  const { approvals } = journal ?? entry ?? { approvals: [] }
  const known: KnownCalls = {
    approvals: new Map(approvals.map((approval) => [approval.toolCallId, approval])),
    calls: new Map(journal?.toolCalls.map((call) => [call.toolCallId, call])),
    isEnded: run.endedAt !== null,
    sdk,
  }
  const answers = run.partial ? [...written, run.partial] : written
  const metadata = { ...toMetadata(module, run), ...toOutcome(run) }
  return [
    ...users,
    { id: runId, role: 'assistant', metadata, parts: toAnswerParts(answers, known) },
  ]
}

function toUser(message: UserMessage, id: string): UiMessage {
  return { id, role: 'user', parts: toUserParts(message) }
}

/** The id that the client gave the message, so that it can be sent again without a second run. */
function userId(run: RunSummary | undefined, runId: string, index: number): string {
  const given = run?.input.metadata?.['messageId']
  if (index === 0 && typeof given === 'string') return given
  return index === 0 ? `${runId}-prompt` : `${runId}-prompt-${index + 1}`
}

function toOutcome({ status, usage, error }: RunSummary) {
  const why = error ? { error: { code: error.code, message: error.message } } : {}
  return { status, usage, ...why }
}
