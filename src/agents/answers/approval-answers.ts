import { z } from 'zod'
import { approvalStatuses } from '../../records/approval.ts'
import { anyJson, anyObject, listOf, nextCursor, time } from './shared.ts'

/** The answer of `GET /approvals/:approvalId`. */
export const approval = z
  .object({
    id: z.string(),
    runId: z.string(),
    agentId: z.string(),
    sessionId: z.string().exactOptional(),
    toolName: z.string(),
    toolCallId: z.string(),
    callId: z.string().describe('The same value as `toolCallId`.'),
    internalCallId: z.string(),
    args: z.string().describe("The model's arguments, as compact JSON text."),
    input: anyJson.describe(
      "The tool's arguments: the model's, unless the decision replaced them.",
    ),
    status: z.enum(approvalStatuses),
    requestedAt: time,
    resolvedAt: time.exactOptional(),
    expiresAt: time.exactOptional(),
    reason: z.string().exactOptional().describe('The reason of the decision, else of the request.'),
    requestReason: z.string().exactOptional(),
    decisionReason: z.string().exactOptional(),
    decidedBy: z.string().exactOptional(),
    metadata: anyObject.exactOptional().describe("The run's metadata."),
    clientTool: z
      .literal(true)
      .exactOptional()
      .describe("The client of the run runs the tool: the approval waits for the tool's output."),
  })
  .meta({ id: 'Approval', description: 'A tool call that waits, or waited, for a person.' })

/** An approval as clients see it. */
export type WireApproval = z.infer<typeof approval>

/** The answer of `GET /approvals`. */
export const approvalPage = z
  .object({ approvals: listOf(approval), ...nextCursor })
  .meta({ id: 'ApprovalPage', description: 'Approvals, oldest first.' })
