import { z } from 'zod'
import { badRequest, StudioError } from '../../errors.ts'
import type { Exchange } from '../../http/exchange.ts'
import { defineRoute, type Route } from '../../http/route.ts'
import { type Json, jsonSchema } from '../../lib/json.ts'
import {
  type Approval,
  type ApprovalStatus,
  approvalStatuses,
  type Decision,
} from '../../records/approval.ts'
import { pageQuery, tenantOf, toPageRequest, toWirePage } from './page.ts'
import type { AgentRuntime } from '../module.ts'
import { toRejection } from '../rejection-message.ts'
import type { Tool } from '../tool.ts'
import { toWireApproval } from '../views/resources.ts'

const approvalsQuery = z.object({
  ...pageQuery,
  status: z.enum([...approvalStatuses, 'resolved']).optional(),
  runId: z.string().optional(),
  agentId: z.string().optional(),
  sessionId: z.string().optional(),
})

const decisionBody = z.object({
  approved: z.boolean(),
  reason: z.string().trim().max(10_000).optional(),
  input: jsonSchema.optional(),
})

/** `GET /approvals`, `/approvals/:approvalId` and `POST /approvals/:approvalId/decision` (contract runs.md D.5). */
export function approvalRoutes(runtime: AgentRuntime): Route[] {
  return [listRoute(runtime), itemRoute(runtime), decisionRoute(runtime)]
}

function listRoute({ engineOf }: AgentRuntime): Route {
  return defineRoute({
    name: 'approvals',
    method: 'GET',
    path: '/approvals',
    summary: 'Approvals, oldest first',
    query: approvalsQuery,
    async handle({ query }, exchange) {
      const page = await engineOf(exchange).stores.approvals.list({
        ...toPageRequest(query, exchange),
        statuses: toStatuses(query.status),
        runId: query.runId ?? null,
        agentId: query.agentId ?? null,
        sessionId: query.sessionId ?? null,
      })
      return toWirePage('approvals', page, toWireApproval)
    },
  })
}

function toStatuses(status: ApprovalStatus | 'resolved' | undefined): ApprovalStatus[] | null {
  if (status === undefined) return null
  return status === 'resolved' ? approvalStatuses.filter((one) => one !== 'pending') : [status]
}

function itemRoute(runtime: AgentRuntime): Route {
  return defineRoute({
    name: 'approval',
    method: 'GET',
    path: '/approvals/:approvalId',
    summary: 'One approval',
    async handle({ params }, exchange) {
      return toWireApproval(await requireApproval(runtime, params['approvalId'], exchange))
    },
  })
}

function decisionRoute(runtime: AgentRuntime): Route {
  return defineRoute({
    name: 'decide_approval',
    method: 'POST',
    path: '/approvals/:approvalId/decision',
    summary: 'Approve or reject a tool call, if need be with other arguments',
    body: decisionBody,
    async handle({ params, body }, exchange) {
      const engine = runtime.engineOf(exchange)
      const approval = await requireApproval(runtime, params['approvalId'], exchange)
      const tool = findTool(runtime, approval)
      const decision: Decision = {
        approved: body.approved,
        reason:
          body.reason || (body.approved ? null : await toRejection(tool, approval, engine.onError)),
        decidedBy: exchange.principal?.id ?? null,
        ...(await editedInput(tool, body)),
      }
      const result = await engine.stores.approvals.decide(approval.tenant, approval.id, decision)
      if (!result) throw new StudioError('not_found', 'Approval not found')
      if (result.decided) engine.wake(approval.runId, exchange.context)
      else if (!isSameVerdict(result.approval, body.approved)) {
        throw new StudioError('conflict', `The approval is already ${result.approval.status}`, {
          details: { status: result.approval.status },
        })
      }
      return toWireApproval(result.approval)
    },
  })
}

async function requireApproval(
  { engineOf }: AgentRuntime,
  approvalId: string | undefined,
  exchange: Exchange,
): Promise<Approval> {
  const { approvals } = engineOf(exchange).stores
  const approval = await approvals.get(tenantOf(exchange), approvalId ?? '')
  if (!approval) throw new StudioError('not_found', 'Approval not found')
  return approval
}

function findTool({ agents }: AgentRuntime, { agentId, toolName }: Approval): Tool | undefined {
  return agents.get(agentId)?.tools.find(({ name }) => name === toolName)
}

function isSameVerdict({ status }: Approval, approved: boolean): boolean {
  return status === (approved ? 'approved' : 'rejected')
}

/** Arguments that replace the model's must fit the tool, like the model's own. */
async function editedInput(
  tool: Tool | undefined,
  { approved, input }: z.infer<typeof decisionBody>,
): Promise<{ input?: Json }> {
  if (input === undefined || !approved) return {}
  const parsed = tool && (await tool.parseInput(input))
  if (!parsed?.ok) {
    const faults = parsed?.faults ?? [{ path: '', message: 'the tool is not registered here' }]
    throw badRequest(
      'Invalid request body: input does not fit the tool',
      faults.map(({ path, message }) => ({
        path: path === '' ? 'input' : `input.${path}`,
        message,
      })),
    )
  }
  return { input }
}
