import { z } from 'zod'
import { badRequest, StudioError } from '../../errors.ts'
import { defineRoute, type Route } from '../../http/route.ts'
import { canonicalJson } from '../../lib/checksum.ts'
import { findRounded, type Json, jsonSchema, toWellFormedJson } from '../../lib/json.ts'
import {
  type Approval,
  type ApprovalStatus,
  approvalStatuses,
  type Decision,
} from '../../records/approval.ts'
import type { AgentsModule } from '../module.ts'
import { toRejection } from '../rejection-message.ts'
import type { Tool } from '../tool.ts'
import { toWireApproval } from '../views/resources.ts'
import { approvalAnswers } from './answers.ts'
import { pageQuery } from './page.ts'
import { requireApproval, requireFound } from './require.ts'
import { itemRoute, listRoute } from './resource-routes.ts'

const approvalsQuery = z.object({
  ...pageQuery,
  status: z.enum([...approvalStatuses, 'resolved']).optional(),
  order: z.enum(['asc', 'desc']).default('asc'),
  runId: z.string().optional(),
  agentId: z.string().optional(),
  sessionId: z.string().optional(),
})

const decisionBody = z.object({
  approved: z.boolean(),
  reason: z.string().trim().max(10_000).optional(),
  input: jsonSchema.optional(),
})

/** `GET /approvals`, `/approvals/:approvalId` and `POST /approvals/:approvalId/decision`. */
export function approvalRoutes(module: AgentsModule): Route[] {
  return [
    listRoute(module, {
      name: 'approvals',
      operationId: 'listApprovals',
      tags: ['approvals'],
      answer: approvalAnswers('approvalPage'),
      path: '/approvals',
      summary: 'Approvals, oldest first',
      query: approvalsQuery,
      list: (page, { engine, query }) =>
        engine.stores.approvals.list({
          ...page,
          statuses: toStatuses(query.status),
          order: query.order,
          runId: query.runId ?? null,
          agentId: query.agentId ?? null,
          sessionId: query.sessionId ?? null,
        }),
      show: (approvals) => ({ approvals: approvals.map(toWireApproval) }),
    }),
    itemRoute(module, {
      name: 'approval',
      operationId: 'getApproval',
      tags: ['approvals'],
      errors: ['not_found'],
      answer: approvalAnswers('approval'),
      path: '/approvals/:approvalId',
      summary: 'One approval',
      find: ({ approvalId }, exchange) => requireApproval(module, approvalId, exchange),
      show: toWireApproval,
    }),
    decisionRoute(module),
  ]
}

function toStatuses(status: ApprovalStatus | 'resolved' | undefined): ApprovalStatus[] | null {
  if (status === undefined) return null
  return status === 'resolved' ? approvalStatuses.filter((name) => name !== 'pending') : [status]
}

function decisionRoute(module: AgentsModule): Route {
  return defineRoute({
    name: 'decide_approval',
    operationId: 'decideApproval',
    tags: ['approvals'],
    errors: ['not_found', 'conflict'],
    answer: approvalAnswers('approval'),
    method: 'POST',
    path: '/approvals/:approvalId/decision',
    summary: 'Approve or reject a tool call, optionally with other arguments',
    body: decisionBody,
    async handle({ params, body }, exchange) {
      const engine = module.engineOf(exchange)
      const approval = await requireApproval(module, params.approvalId, exchange)
      const tool = findTool(module, approval)
      const { runId, agentId, toolName, toolCallId } = approval
      const report = (error: unknown) =>
        engine.onError(error, exchange.request, { runId, agentId, tool: toolName, toolCallId })
      const decision: Decision = {
        approved: body.approved,
        reason: body.reason || (body.approved ? null : await toRejection(tool, approval, report)),
        decidedBy: exchange.principal?.id ?? null,
        ...(await editedInput(tool, body)),
      }
      const result = requireFound(
        await engine.stores.approvals.decide(approval.tenant, approval.id, decision),
        'Approval',
      )
      if (result.decided) engine.wake(approval.runId, exchange.context)
      else refuseOther(result.approval, decision)
      return toWireApproval(result.approval)
    },
  })
}

function findTool({ agents }: AgentsModule, { agentId, toolName }: Approval): Tool | undefined {
  return agents.get(agentId)?.tools.find(({ name }) => name === toolName)
}

/** Repeating a decision is fine. @throws StudioError `conflict` for another verdict or other arguments. */
function refuseOther({ status, input: decided }: Approval, { approved, input }: Decision): void {
  const isSame = status === (approved ? 'approved' : 'rejected')
  const isEdited =
    isSame &&
    input !== undefined &&
    canonicalJson(toWellFormedJson(input)) !== canonicalJson(decided)
  if (isSame && !isEdited) return
  const other = isEdited ? ' with other arguments' : ''
  throw new StudioError('conflict', `The approval is already ${status}${other}`, {
    details: { status },
  })
}

/** Checks arguments that replace the model's against the schema of the tool. */
async function editedInput(
  tool: Tool | undefined,
  { approved, input }: z.infer<typeof decisionBody>,
): Promise<{ input?: Json }> {
  if (input === undefined || !approved) return {}
  const rounded = findRounded(input, 'input')
  if (rounded.length > 0) {
    const message = 'is beyond 2^53, where JSON numbers lose digits: send it as a string'
    throw badRequest(
      'Invalid request body: a number has lost digits',
      rounded.map((path) => ({ path, message })),
    )
  }
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
  return { input: toWellFormedJson(input) }
}
