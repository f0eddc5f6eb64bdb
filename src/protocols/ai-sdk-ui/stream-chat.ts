import { cancelOnDisconnect } from '../../agents/http/creation/run-response.ts'
import type { AgentsModule } from '../../agents/module.ts'
import { present } from '../../agents/views/resources.ts'
import type { Exchange } from '../../http/exchange.ts'
import type { RunSummary } from '../../records/run.ts'
import { streamView } from '../shared/view.ts'
import type { SdkVersion } from './sdk-version.ts'
import type { UiMetadata } from './ui-answers.ts'
import { uiFormat, uiView } from './ui-view.ts'
import { findVoid } from './void-events.ts'

/** Which run to show, and to whom. */
export interface ChatStream {
  readonly run: RunSummary
  readonly sdk: SdkVersion
  /** The message that the client continues. @default the id of the run */
  readonly messageId?: string
  /** The number of the last event that the client has. @default -1, none */
  readonly after?: number
  /** Is the run cancelled when the client leaves? */
  readonly cancels: boolean
}

/** The header by which clients know the protocol. */
export const uiHeaders = { 'x-vercel-ai-ui-message-stream': 'v1' }

/** Responds with the UI message stream of a run. */
export async function streamChat(
  module: AgentsModule,
  exchange: Exchange,
  { run, sdk, messageId = run.id, after = -1, cancels }: ChatStream,
): Promise<Response> {
  const engine = module.engineOf(exchange)
  const voids = await findVoid(engine, run, after)
  const isVoid = (seq: number) => voids.some(({ from, to }) => seq >= from && seq < to)
  const metadata = toMetadata(module, run)
  const onCancel = cancelOnDisconnect(run, { engine, cancels })
  // Nobody reads, or cancels, a stream whose client left before it began. Deno aborts later signals after success too.
  if (exchange.request.signal.aborted) onCancel?.()
  return streamView({
    engine,
    run,
    after,
    view: uiView({ sdk, messageId, metadata, after, isVoid }),
    format: uiFormat,
    headers: uiHeaders,
    ...(onCancel ? { onCancel } : {}),
  })
}

/** Is a run of this agent cancelled when its client leaves? */
export function cancelsByDefault({ agents, onDisconnect }: AgentsModule, agentId: string): boolean {
  return (agents.get(agentId)?.onDisconnect ?? onDisconnect) === 'cancel'
}

/** What a message says of its run, apart from how it ended. */
export function toMetadata({ agents }: AgentsModule, run: RunSummary): UiMetadata {
  const agent = agents.get(run.agentId)
  const { model: name } = run.input
  const model = name === undefined ? agent?.model : agent?.models.get(name)
  return present<UiMetadata>({
    runId: run.id,
    agentId: run.agentId,
    sessionId: run.sessionId,
    model: model?.modelId,
    createdAt: run.createdAt,
  })
}
