import type { RunSummary } from '../../records/run.ts'
import type { RunJournal } from '../../storage/store.ts'
import type { LoggedEvent } from '../shared/run-events.ts'
import { type FrameFormat, streamView } from '../shared/view.ts'
import { isEnded } from '../../records/run.ts'
import type { WireArtifact } from './a2a-answers.ts'
import { contextIdOf } from './context.ts'
import { readTask, requireJournal, type TaskCall } from './read-tasks.ts'
import {
  createArtifacts,
  createTaskEvents,
  type Frame,
  type TaskEvents,
  taskView,
} from './task-view.ts'
import { toHistory, toTask } from './tasks.ts'

const pageSize = 500

/** Which task to stream, and how. */
export interface TaskStream {
  readonly run: RunSummary
  /** False goes on while the task waits for people. */
  readonly stopsWaiting: boolean
  readonly historyLength?: number | undefined
}

/** Responds with a task as it stands, and then with what happens to it. A task that has ended is all there is. */
export async function streamTask(
  call: TaskCall,
  { run: { id }, stopsWaiting, historyLength }: TaskStream,
  format: FrameFormat<Frame>,
): Promise<Response> {
  const engine = call.module.engineOf(call.exchange)
  const journal = await requireJournal(call, id)
  const { run, approvals } = journal
  if (isEnded(run.status)) {
    const task = await readTask(call, id, historyLength)
    return new Response(format.encode({ task }), {
      headers: { 'content-type': format.contentType, 'cache-control': 'no-cache, no-transform' },
    })
  }
  const contextId = await contextIdOf(run)
  const events = createTaskEvents({ taskId: id, contextId })
  const task = toTask({
    run,
    contextId,
    pending: approvals.filter(({ status }) => status === 'pending'),
    artifacts: await readArtifacts(call, journal, events),
    history: toHistory(journal, contextId, historyLength),
  })
  const view = taskView(task, events)
  return streamView({ engine, run, after: run.nextSeq - 1, stopsWaiting, view, format })
}

/** Reads the stored events, so that the task as it stands and the events that follow are one. */
async function readArtifacts(
  { module, exchange }: TaskCall,
  { run }: RunJournal,
  events: TaskEvents,
): Promise<WireArtifact[]> {
  const { runs } = module.engineOf(exchange).stores
  const artifacts = createArtifacts()
  for (let after = -1; after < run.nextSeq - 1;) {
    const entries = await runs.readLog(run.id, after, pageSize)
    for (const { seq, json } of entries) {
      if (seq < run.nextSeq) events(JSON.parse(json) as LoggedEvent).forEach(artifacts.take)
    }
    const last = entries.at(-1)
    if (!last) break
    after = last.seq
  }
  return artifacts.list()
}
