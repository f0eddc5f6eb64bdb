import { cancelOnDisconnect } from '../../agents/http/creation/run-response.ts'
import { toWireApproval } from '../../agents/views/resources.ts'
import type { RunSummary } from '../../records/run.ts'
import { dataOnly, streamView } from '../shared/view.ts'
import { agUiView } from './ag-ui-view.ts'
import type { AgUiCall } from './ag-ui-call.ts'
import type { AgUiFrame, AgUiShown } from './frames.ts'

/** Which run to show, from where, and to a client that has which messages. */
export interface AgUiStream {
  readonly run: RunSummary
  /** The number of the last event that the client has; -1 for none. */
  readonly after: number
  /** @default the messages of the request */
  readonly messages?: readonly AgUiShown[]
  readonly opening?: readonly AgUiFrame[]
  /** Is the run cancelled when the client leaves? @default what the agent, else the studio, says */
  readonly cancels?: boolean
}

/** Responds with the events of AG-UI, until the run ends or waits for people or for the client. */
export async function streamAgUi(
  { module, exchange, body }: AgUiCall,
  { run, after, messages, opening = [], cancels }: AgUiStream,
): Promise<Response> {
  const engine = module.engineOf(exchange)
  const agent = module.agents.get(run.agentId)
  const byDefault = (agent?.onDisconnect ?? module.onDisconnect) === 'cancel'
  engine.checkReaders(run.tenant, run.id)
  const pending = await engine.stores.approvals.pendingOf([run.id])
  const onCancel = cancelOnDisconnect(run, { engine, cancels: cancels ?? byDefault })
  // Nobody reads, or cancels, a stream whose client left before it began. Deno aborts later signals after success too.
  if (exchange.request.signal.aborted) onCancel?.()
  const view = agUiView({
    threadId: body.threadId,
    runId: body.runId,
    isOld: typeof body.protocolVersion !== 'string',
    ownRunId: run.id,
    streamId: engine.ids.uuid(),
    messages: messages ?? body.messages,
    opening,
    pending: pending.map(toWireApproval),
  })
  const options = { engine, run, after, view, format: dataOnly }
  return streamView(onCancel ? { ...options, onCancel } : options)
}
