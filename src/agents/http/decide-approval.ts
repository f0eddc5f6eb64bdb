import { badRequest, StudioError } from '../../errors.ts'
import type { Exchange } from '../../http/exchange.ts'
import { canonicalJson } from '../../lib/checksum.ts'
import { findRounded, isRecord, type Json, toWellFormedJson } from '../../lib/json.ts'
import type { Approval, Decision } from '../../records/approval.ts'
import type { PausedCall } from '../../records/run.ts'
import type { RunJournal } from '../../storage/store.ts'
import type { AgentsModule } from '../module.ts'
import { toRejection } from '../rejection-message.ts'
import type { Tool } from '../tool.ts'
import { requireFound } from './require.ts'

/** What a person says of a tool call. */
export interface ApprovalVerdict {
  readonly approved: boolean
  readonly reason?: string | undefined
  /** Arguments that replace the model's. */
  readonly input?: Json | undefined
  /** What the client's tool returned: needed for an approved call of such a tool, and refused for any other. */
  readonly output?: Json | undefined
}

/**
 * Decides an approval for the caller of a request, and wakes its run. Repeating a decision is fine.
 *
 * @throws StudioError `conflict` where it was decided otherwise, `bad_request` for arguments that the tool does not take, and
 *   for an output that is missing or not asked for.
 */
export async function decideApproval(
  module: AgentsModule,
  exchange: Exchange,
  { approval, verdict }: { readonly approval: Approval; readonly verdict: ApprovalVerdict },
): Promise<Approval> {
  const engine = module.engineOf(exchange)
  const tool = findTool(module, approval)
  const { runId, agentId, toolName, toolCallId } = approval
  const report = (error: unknown) =>
    engine.onError(error, exchange.request, { runId, agentId, tool: toolName, toolCallId })
  const { approved, reason } = verdict
  checkOutput(approval, verdict)
  const decision: Decision = {
    approved,
    reason: reason || (approved ? null : await toRejection(tool, approval, report)),
    decidedBy: exchange.principal?.id ?? null,
    ...(await editedInput(module, exchange, { approval, tool, verdict })),
    ...(verdict.output === undefined ? {} : { output: toWellFormedJson(verdict.output) }),
  }
  const result = requireFound(
    await engine.stores.approvals.decide(approval.tenant, approval.id, decision),
    'Approval',
  )
  if (result.decided) void engine.wake(approval.runId, exchange.context)
  else refuseOther(result.approval, decision)
  return result.approval
}

function findTool({ agents }: AgentsModule, { agentId, toolName }: Approval): Tool | undefined {
  return agents.get(agentId)?.tools.find(({ name }) => name === toolName)
}

/** @throws StudioError `bad_request` that names each fault. */
function checkOutput({ clientTool }: Approval, { approved, input, output }: ApprovalVerdict): void {
  const faults = clientTool ? [] : faultIf(output !== undefined, 'output', 'this tool runs here')
  if (clientTool) {
    const missing = 'the client runs this tool: what it returned is needed, which may be null'
    faults.push(
      ...faultIf(approved && output === undefined, 'output', missing),
      ...faultIf(!approved && output !== undefined, 'output', 'a rejected call has none'),
      ...faultIf(input !== undefined, 'input', 'the client runs this tool with its own arguments'),
    )
  }
  if (faults.length > 0) throw badRequest('Invalid request body: output', faults)
  if (output !== undefined) refuseRounded(output, 'output')
}

function faultIf(isFault: boolean, path: string, message: string) {
  return isFault ? [{ path, message }] : []
}

/** Repeating a decision is fine. @throws StudioError `conflict` for another verdict, other arguments or another output. */
function refuseOther(found: Approval, { approved, input, output }: Decision): void {
  const { status } = found
  const isSame = status === (approved ? 'approved' : 'rejected')
  const isEdited = isSame && isOther(input, found.input)
  if (isSame && !isEdited && !isOther(output, found.output ?? null)) return
  const what = isEdited ? ' with other arguments' : ' with another output'
  const other = isSame ? what : ''
  throw new StudioError('conflict', `The approval is already ${status}${other}`, {
    details: { status },
  })
}

function isOther(sent: Json | undefined, decided: Json): boolean {
  if (sent === undefined) return false
  return canonicalJson(toWellFormedJson(sent)) !== canonicalJson(decided)
}

/** @throws StudioError `bad_request` that names each number which has lost digits. */
function refuseRounded(value: Json, name: string): void {
  const rounded = findRounded(value, name)
  if (rounded.length === 0) return
  const message = 'is beyond 2^53, where JSON numbers lose digits: send it as a string'
  throw badRequest(
    'Invalid request body: a number has lost digits',
    rounded.map((path) => ({ path, message })),
  )
}

/** Checks arguments that replace the model's: against the schema of the tool, and against what the framework of a hosted agent takes. */
async function editedInput(
  module: AgentsModule,
  exchange: Exchange,
  { approval, tool, verdict }: Deciding,
): Promise<{ input?: Json }> {
  const { approved, input } = verdict
  if (module.agents.get(approval.agentId)?.hosted) {
    const { runs } = module.engineOf(exchange).stores
    refuseForbidden(verdict, findPaused(await runs.journals([approval.runId]), approval))
  }
  if (input === undefined || !approved) return {}
  refuseRounded(input, 'input')
  if (!module.agents.get(approval.agentId)?.hosted) await checkInput(tool, input)
  return { input: toWellFormedJson(input) }
}

interface Deciding {
  readonly approval: Approval
  readonly tool: Tool | undefined
  readonly verdict: ApprovalVerdict
}

function findPaused(journals: readonly RunJournal[], { toolCallId }: Approval): PausedCall | null {
  const pauses = journals.flatMap(({ turns }) => turns.flatMap(({ pause }) => pause ?? []))
  return pauses.at(-1)?.calls[toolCallId] ?? null
}

/** @throws StudioError `bad_request` for a decision that the framework of a hosted agent does not take. */
function refuseForbidden({ approved, input }: ApprovalVerdict, paused: PausedCall | null): void {
  if (!paused) return
  const allows = (kind: PausedCall['allowed'][number]) => paused.allowed.includes(kind)
  const isEdited = approved && input !== undefined
  const faults = [
    ...faultIf(
      isEdited && !allows('edit'),
      'input',
      'the framework of this agent takes no other arguments',
    ),
    ...faultIf(isEdited && !isRecord(input), 'input', 'must be an object'),
    ...faultIf(
      approved && !isEdited && !allows('approve'),
      'approved',
      'the agent does not let this call run as it is',
    ),
    ...faultIf(
      !approved && !allows('reject'),
      'approved',
      'the agent does not let this call be rejected',
    ),
  ]
  if (faults.length > 0)
    throw badRequest('Invalid request body: the agent does not take this decision', faults)
}

async function checkInput(tool: Tool | undefined, input: Json): Promise<void> {
  const parsed = tool && (await tool.parseInput(input))
  if (parsed?.ok) return
  const faults = parsed?.faults ?? [{ path: '', message: 'the tool is not registered here' }]
  throw badRequest(
    'Invalid request body: input does not fit the tool',
    faults.map(({ path, message }) => ({
      path: path === '' ? 'input' : `input.${path}`,
      message,
    })),
  )
}
