import { z } from 'zod'
import { defineRoute, type Route } from '../../http/route.ts'
import { jsonSchema } from '../../lib/json.ts'
import { type ApprovalStatus, approvalStatuses } from '../../records/approval.ts'
import type { AgentsModule } from '../module.ts'
import { toWireApproval } from '../views/resources.ts'
import { approvalAnswers } from './answers.ts'
import { pageQuery } from './page.ts'
import { requireApproval } from './require.ts'
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
  output: jsonSchema.optional(),
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
      const approval = await requireApproval(module, params.approvalId, exchange)
      const { decideApproval } = await import('./decide-approval.ts') // keeps the core entry small
      return toWireApproval(await decideApproval(module, exchange, { approval, verdict: body }))
    },
  })
}
