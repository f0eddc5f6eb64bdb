import { tenantOf } from '../../agents/http/page.ts'
import type { Json } from '../../lib/json.ts'
import { isEnded, type RunSummary } from '../../records/run.ts'
import type { Session } from '../../records/session.ts'
import { dataOnly } from '../shared/view.ts'
import type { AgUiCall, AgUiThread } from './ag-ui-call.ts'
import type { AgUiFrame, AgUiShown } from './frames.ts'
import { toShownMessages } from './thread-messages.ts'
import { streamAgUi } from './stream-ag-ui.ts'

/** How much of a thread is shown: its end. */
const maxMessages = 1_000
const maxBytes = 4_194_304

/** Shows a thread to a client that has none of its messages, and follows the run that goes on in it. */
export async function showThread(call: AgUiCall, { session, last }: AgUiThread): Promise<Response> {
  const live = last && !isEnded(last.status) ? last : null
  const messages = session ? await readThread(call, session, live) : []
  const state = last ? stateOf(last) : undefined
  const opening: AgUiFrame[] = [
    ...(state === undefined ? [] : [{ type: 'STATE_SNAPSHOT', snapshot: state } as const]),
    { type: 'MESSAGES_SNAPSHOT', messages: [...messages] },
  ]
  // only who started a run can end it by leaving
  if (live) return streamAgUi(call, { run: live, after: -1, messages, opening, cancels: false })
  const run = { threadId: call.body.threadId, runId: call.body.runId }
  const frames: AgUiFrame[] = [
    { type: 'RUN_STARTED', ...run },
    ...opening,
    { type: 'RUN_FINISHED', ...run, outcome: { type: 'success' } },
  ]
  return new Response(frames.map(dataOnly.encode).join(''), {
    headers: { 'content-type': dataOnly.contentType, 'cache-control': 'no-cache, no-transform' },
  })
}

/** Reads the end of a thread. Of a run that goes on only the prompt: the rest is shown as it happens. */
async function readThread(
  { module, exchange }: AgUiCall,
  session: Session,
  live: RunSummary | null,
): Promise<readonly AgUiShown[]> {
  const { sessions, runs } = module.engineOf(exchange).stores
  const page = { limit: maxMessages, before: null, bytes: maxBytes }
  const reading = await sessions.read(tenantOf(exchange), session.id, page)
  const shown = (reading?.messages ?? []).filter(({ runId }) => runId !== live?.id)
  const [journal] = live ? await runs.journals([live.id]) : []
  const prompt = journal
    ? [{ runId: journal.run.id, turn: 0, message: journal.run.input.prompt }]
    : []
  return [...shown, ...prompt].flatMap(toShownMessages)
}

/** The state that the client sent with its last run: nothing here changes it. */
function stateOf({ input: { metadata } }: RunSummary): Json | undefined {
  const agUi = metadata?.['agUi']
  return typeof agUi === 'object' && agUi !== null && 'state' in agUi ? agUi.state : undefined
}
