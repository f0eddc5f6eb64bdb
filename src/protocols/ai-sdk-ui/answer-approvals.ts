import { z } from 'zod'
import { decideApproval } from '../../agents/http/decide-approval.ts'
import { tenantOf } from '../../agents/http/page.ts'
import { requireFound, requireRun } from '../../agents/http/require.ts'
import type { AgentsModule } from '../../agents/module.ts'
import { badRequest, StudioError } from '../../errors.ts'
import type { Exchange } from '../../http/exchange.ts'
import type { Json } from '../../lib/json.ts'
import type { Approval } from '../../records/approval.ts'
import type { Session } from '../../records/session.ts'
import { findChat } from '../shared/chats.ts'
import { findPause } from '../shared/pauses.ts'
import type { ChatRequest, TargetMessage } from './chat-request.ts'
import type { SdkVersion } from './sdk-version.ts'
import { cancelsByDefault, streamChat } from './stream-chat.ts'

/** Answers to approvals, as the client keeps them in a message. */
export interface ApprovalCall {
  readonly agentId: string
  readonly body: ChatRequest
  readonly sdk: SdkVersion
  readonly target: TargetMessage
}

/** What is read of a part whose approval was answered. The call, its arguments and the rest are those of the row. */
const answeredPart = z.object({
  state: z.literal('approval-responded'),
  approval: z.object({
    id: z.string(),
    approved: z.boolean(),
    reason: z.string().trim().max(10_000).optional(),
  }),
})

type Answer = z.infer<typeof answeredPart>['approval']

/**
 * Decides the approvals that a client answered, and responds with what follows in the same message. An approval that was
 * decided otherwise stays as it is, and the stream shows what came of it. All approvals are checked before the first is decided.
 *
 * @throws StudioError `not_found` for an approval of another chat, `bad_request` where there is no answer.
 */
export async function answerApprovals(
  module: AgentsModule,
  exchange: Exchange,
  { agentId, body, sdk, target }: ApprovalCall,
): Promise<Response> {
  const answers = readAnswers(target)
  checkInputs(body, answers)
  const chat = { protocol: 'ai-sdk-ui', agentId, chatId: body.id }
  const session = requireFound(await findChat(module, exchange, chat), 'Chat')
  const approvals = await Promise.all(
    answers.map(({ id }) => findApproval(module, exchange, { id, session })),
  )
  const [first] = approvals
  if (!first || approvals.some(({ runId }) => runId !== first.runId)) {
    throw badRequest('The answers belong to several runs', [
      { path: `messages.${target.index}.parts`, message: 'answers approvals of several runs' },
    ])
  }
  const engine = module.engineOf(exchange)
  engine.checkReaders(first.tenant, first.runId)
  const run = await requireRun(module, first.runId, exchange)
  const pauses = await Promise.all(approvals.map(({ id }) => findPause(engine, run, id)))
  for (const [at, approval] of approvals.entries()) {
    const answer = answers[at]
    if (answer)
      await decide(module, exchange, { approval, answer, input: body.inputs?.[answer.id] })
  }
  return streamChat(module, exchange, {
    run: await requireRun(module, run.id, exchange),
    sdk,
    messageId: target.message.id,
    after: Math.min(...pauses.map((pause) => pause ?? -1)),
    cancels: body.cancelOnDisconnect ?? cancelsByDefault(module, agentId),
  })
}

function readAnswers({ message, index }: TargetMessage): Answer[] {
  const faults: { path: string; message: string }[] = []
  const answers = message.parts.flatMap((part, at) => {
    if (part['state'] !== 'approval-responded') return []
    const parsed = answeredPart.safeParse(part)
    if (parsed.success) return [parsed.data.approval]
    for (const issue of parsed.error.issues) {
      const path = `messages.${index}.parts.${at}.${issue.path.join('.')}`
      faults.push({ path, message: issue.message })
    }
    return []
  })
  if (faults.length > 0) throw badRequest('Invalid request body: answers to approvals', faults)
  if (answers.length > 0) return answers
  throw badRequest('The last message has no answer to an approval, and tools run on the server', [
    { path: `messages.${index}.parts`, message: 'needs a part in the state approval-responded' },
  ])
}

/** Arguments that no answer takes would be lost without a word. */
function checkInputs({ inputs = {} }: ChatRequest, answers: readonly Answer[]): void {
  const taken = new Set(answers.flatMap(({ id, approved }) => (approved ? [id] : [])))
  const faults = Object.keys(inputs)
    .filter((id) => !taken.has(id))
    .map((id) => ({ path: `inputs.${id}`, message: 'is not an approval that this request gives' }))
  if (faults.length > 0) throw badRequest('Invalid request body: inputs', faults)
}

async function findApproval(
  module: AgentsModule,
  exchange: Exchange,
  { id, session }: { readonly id: string; readonly session: Session },
): Promise<Approval> {
  const { approvals } = module.engineOf(exchange).stores
  const approval = await approvals.get(tenantOf(exchange), id)
  const isOwn = approval?.sessionId === session.id && approval.agentId === session.agentId
  return requireFound(isOwn ? approval : null, 'Approval')
}

async function decide(
  module: AgentsModule,
  exchange: Exchange,
  { approval, answer, input }: { approval: Approval; answer: Answer; input: Json | undefined },
): Promise<void> {
  const verdict = { approved: answer.approved, reason: answer.reason, input }
  try {
    await decideApproval(module, exchange, { approval, verdict })
  } catch (error) {
    const isDecided = error instanceof StudioError && error.code === 'conflict'
    if (!isDecided) throw error // somebody was faster: the stream shows what came of it
  }
}
