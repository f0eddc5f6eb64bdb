import { z } from 'zod'
import { decideApproval } from '../../agents/http/decide-approval.ts'
import { tenantOf } from '../../agents/http/page.ts'
import { StudioError } from '../../errors.ts'
import { jsonSchema } from '../../lib/json.ts'
import type { SchemaFault } from '../../lib/standard-schema.ts'
import type { Approval } from '../../records/approval.ts'
import { isEnded, type RunSummary } from '../../records/run.ts'
import { findChat } from '../shared/chats.ts'
import { protocol } from './context.ts'
import { isDecision } from './parts.ts'
import { requireTask, type TaskCall } from './read-tasks.ts'
import { refusalOf } from './refusals.ts'
import type { SendParams } from './requests.ts'

/** What is read of a data part that decides. The call and its arguments are those of the row. */
const decisionSchema = z.object({
  approvalId: z.string(),
  approved: z.boolean(),
  reason: z.string().trim().max(10_000).optional(),
  input: jsonSchema.optional(),
})

type SentDecision = z.infer<typeof decisionSchema>

interface Message {
  readonly taskId: string
  readonly params: SendParams
}

/**
 * Decides approvals of the task that a message names. All of them are checked before the first is decided.
 *
 * @throws StudioError for a task that takes no message, and that names each part at fault.
 */
export async function decideTask(
  call: TaskCall,
  { taskId, params: { message } }: Message,
): Promise<RunSummary> {
  const run = await requireTask(call, taskId)
  await checkContext(call, run, message.contextId)
  if (!message.parts.every(isDecision)) throw refuseText(run, message.parts)
  const decisions = readDecisions(message.parts)
  const approvals = await findApprovals(call, run, decisions)
  for (const [at, approval] of approvals.entries()) {
    const decision = decisions[at]
    if (decision) await decide(call, { approval, decision, at })
  }
  return requireTask(call, taskId)
}

async function checkContext(
  { module, exchange, agentId }: TaskCall,
  run: RunSummary,
  contextId: string | undefined,
): Promise<void> {
  if (contextId === undefined || contextId === (run.sessionId ?? run.id)) return
  const session = await findChat(module, exchange, { protocol, agentId, chatId: contextId })
  if (session && session.id === run.sessionId) return
  throw refusalOf('INVALID_PARAMS', 'The task belongs to another context', [
    { path: 'message.contextId', message: 'is not the context of the task' },
  ])
}

/** A task takes decisions alone: what else a user says begins a task in the same context. */
function refuseText({ status }: RunSummary, parts: SendParams['message']['parts']): StudioError {
  if (isEnded(status)) {
    const message = 'The task has ended: send a message with its contextId and without a taskId'
    return refusalOf('UNSUPPORTED_OPERATION', message)
  }
  if (status !== 'waiting') {
    return refusalOf('UNSUPPORTED_OPERATION', 'The task waits for no input')
  }
  const faults = parts.flatMap((part, at) => {
    if (isDecision(part)) return []
    return [{ path: `message.parts.${at}`, message: 'is not a data part with an approvalId' }]
  })
  return refusalOf('INVALID_PARAMS', 'The task waits for decisions about approvals', faults)
}

function readDecisions(parts: SendParams['message']['parts']): SentDecision[] {
  const faults: SchemaFault[] = []
  const decisions = parts.flatMap(({ data }, at) => {
    const parsed = decisionSchema.safeParse(data)
    if (parsed.success) return [parsed.data]
    for (const { path, message } of parsed.error.issues) {
      faults.push({ path: `message.parts.${at}.data.${path.join('.')}`, message })
    }
    return []
  })
  if (faults.length > 0) throw refusalOf('INVALID_PARAMS', 'Invalid decisions', faults)
  return decisions
}

async function findApprovals(
  { module, exchange }: TaskCall,
  run: RunSummary,
  decisions: readonly SentDecision[],
): Promise<Approval[]> {
  const { approvals } = module.engineOf(exchange).stores
  const rows = await Promise.all(
    decisions.map(({ approvalId }) => approvals.get(tenantOf(exchange), approvalId)),
  )
  const found = rows.flatMap((row) => (row?.runId === run.id ? [row] : []))
  if (found.length === rows.length) return found
  const faults = rows.flatMap((row, at) => {
    if (row?.runId === run.id) return []
    return [{ path: `message.parts.${at}.data.approvalId`, message: 'is no approval of the task' }]
  })
  throw refusalOf('INVALID_PARAMS', 'The task has no such approval', faults)
}

/** Says a refusal in the fields of the message. */
async function decide(
  { module, exchange }: TaskCall,
  { approval, decision, at }: { approval: Approval; decision: SentDecision; at: number },
): Promise<void> {
  const { approved, reason, input } = decision
  try {
    await decideApproval(module, exchange, { approval, verdict: { approved, reason, input } })
  } catch (error) {
    if (!(error instanceof StudioError) || error.code !== 'bad_request') throw error
    const faults = (Array.isArray(error.details) ? error.details : []) as SchemaFault[]
    throw refusalOf(
      'INVALID_PARAMS',
      error.message,
      faults.map((fault) => ({ ...fault, path: `message.parts.${at}.data.${fault.path}` })),
    )
  }
}
