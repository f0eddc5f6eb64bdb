import { tenantOf } from '../../agents/http/page.ts'
import type { AgentsModule } from '../../agents/module.ts'
import type { Exchange } from '../../http/exchange.ts'
import { groupBy } from '../../lib/groups.ts'
import type { RunStatus, RunSummary } from '../../records/run.ts'
import type { RunFilter, RunJournal } from '../../storage/store.ts'
import { findChat } from '../shared/chats.ts'
import type { WireTask, WireTaskPage } from './a2a-answers.ts'
import { contextIdOf, protocol } from './context.ts'
import type { PushSettings } from './notifications/push-options.ts'
import { refusalOf } from './refusals.ts'
import type { ListParams } from './requests.ts'
import { toArtifacts, toHistory, toTask } from './tasks.ts'

/** A request about the tasks of one agent. */
export interface TaskCall {
  readonly module: AgentsModule
  readonly exchange: Exchange
  readonly agentId: string
  /** Null without push notifications. */
  readonly push: PushSettings | null
}

function notFound() {
  return refusalOf('TASK_NOT_FOUND', 'Task not found')
}

/** Resolves to the run of a task of this agent. @throws StudioError when the caller's tenant has no such task. */
export async function requireTask(
  { module, exchange, agentId }: TaskCall,
  id: string,
): Promise<RunSummary> {
  const run = await module.engineOf(exchange).stores.runs.get(tenantOf(exchange), id)
  if (run?.agentId !== agentId) throw notFound()
  return run
}

/** Resolves to a run with its parts. @throws StudioError when it was deleted. */
export async function requireJournal(
  { module, exchange }: TaskCall,
  id: string,
): Promise<RunJournal> {
  const [journal] = await module.engineOf(exchange).stores.runs.journals([id])
  if (!journal) throw notFound()
  return journal
}

/** Resolves to a task as it is stored: with the texts of the turns that are complete. */
export async function readTask(
  call: TaskCall,
  id: string,
  historyLength?: number,
): Promise<WireTask> {
  return showJournal(await requireJournal(call, id), historyLength)
}

/** Shows a run with its parts. */
export async function showJournal(journal: RunJournal, historyLength?: number): Promise<WireTask> {
  const contextId = await contextIdOf(journal.run)
  return toTask({
    run: journal.run,
    contextId,
    pending: journal.approvals.filter(({ status }) => status === 'pending'),
    artifacts: toArtifacts(journal),
    history: toHistory(journal, contextId, historyLength),
  })
}

/** State of a task → the statuses of its run; null for a state that no task has here. */
const statusesOf: Readonly<Record<string, readonly RunStatus[]>> = {
  TASK_STATE_SUBMITTED: ['queued'],
  TASK_STATE_WORKING: ['running'],
  TASK_STATE_INPUT_REQUIRED: ['waiting'],
  TASK_STATE_COMPLETED: ['succeeded'],
  TASK_STATE_FAILED: ['failed'],
  TASK_STATE_CANCELED: ['cancelled'],
}

/** Resolves to one page of tasks, the latest one first. */
export async function listTasks(call: TaskCall, params: ListParams): Promise<WireTaskPage> {
  if (params.statusTimestampAfter !== undefined) {
    throw refusalOf('UNSUPPORTED_OPERATION', 'Tasks cannot be listed by the time of their status', [
      { path: 'statusTimestampAfter', message: 'is not supported' },
    ])
  }
  const filter = await toFilter(call, params)
  const { pageSize } = params
  if (!filter) return { tasks: [], nextPageToken: '', pageSize, totalSize: 0 }
  const { runs } = call.module.engineOf(call.exchange).stores
  const { items, cursor } = await runs.list(filter)
  const isWhole = cursor === null && filter.cursor === null
  return {
    tasks: await showRuns(call, items, params),
    nextPageToken: cursor ?? '',
    pageSize,
    totalSize: isWhole ? items.length : await count(call, filter),
  }
}

async function toFilter(
  { module, exchange, agentId }: TaskCall,
  { contextId, status = 'TASK_STATE_UNSPECIFIED', pageSize, pageToken }: ListParams,
): Promise<RunFilter | null> {
  const statuses = status === 'TASK_STATE_UNSPECIFIED' ? null : statusesOf[status]
  if (statuses === undefined) return null
  const session =
    contextId === undefined
      ? null
      : await findChat(module, exchange, { protocol, agentId, chatId: contextId })
  if (contextId !== undefined && !session) return null
  return {
    tenant: tenantOf(exchange),
    limit: pageSize,
    cursor: pageToken || null,
    statuses,
    agentId,
    sessionId: session?.id ?? null,
  }
}

/** Counts the tasks of a filter, up to 1,000. */
async function count({ module, exchange }: TaskCall, filter: RunFilter): Promise<number> {
  const { runs } = module.engineOf(exchange).stores
  let total = 0
  let cursor: string | null = null
  do {
    const page: Awaited<ReturnType<typeof runs.list>> = await runs.list({
      ...filter,
      limit: 100,
      cursor,
    })
    total += page.items.length
    cursor = page.cursor
  } while (cursor !== null && total < 1000)
  return total
}

async function showRuns(
  { module, exchange }: TaskCall,
  items: readonly RunSummary[],
  { includeArtifacts, historyLength = 0 }: ListParams,
): Promise<WireTask[]> {
  const { runs, approvals } = module.engineOf(exchange).stores
  if (includeArtifacts || historyLength > 0) {
    const journals = await runs.journals(items.map(({ id }) => id))
    const tasks = await Promise.all(journals.map((one) => showJournal(one, historyLength)))
    return includeArtifacts ? tasks : tasks.map(({ artifacts: _, ...task }) => task)
  }
  const waiting = items.filter(({ status }) => status === 'waiting').map(({ id }) => id)
  const pending = waiting.length > 0 ? await approvals.pendingOf(waiting) : []
  const byRun = groupBy(pending, ({ runId }) => runId)
  return Promise.all(
    items.map(async (run) =>
      toTask({ run, contextId: await contextIdOf(run), pending: byRun.get(run.id) ?? [] }),
    ),
  )
}
