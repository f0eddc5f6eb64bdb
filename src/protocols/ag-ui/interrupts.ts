import { z } from 'zod'
import { decideApproval, type ApprovalVerdict } from '../../agents/http/decide-approval.ts'
import { tenantOf } from '../../agents/http/page.ts'
import { requireFound, requireRun } from '../../agents/http/require.ts'
import { badRequest, StudioError } from '../../errors.ts'
import { jsonSchema } from '../../lib/json.ts'
import type { Approval } from '../../records/approval.ts'
import { findPause } from '../shared/pauses.ts'
import type { AgUiCall, AgUiThread } from './ag-ui-call.ts'
import type { AgUiResume } from './run-agent-input.ts'
import { streamAgUi } from './stream-ag-ui.ts'
import { answerClientTools } from './tool-results.ts'

/** What a client says about an interrupt. The call, its arguments and the rest are those of the row. */
const payloadSchema = z.object({
  approved: z.boolean(),
  input: jsonSchema.optional(),
  reason: z.string().trim().max(10_000).optional(),
})

/**
 * Decides the approvals that the client answers, and shows what follows. One that was decided otherwise stays as it is. All are checked
 * before the first is decided.
 *
 * @throws StudioError `not_found` for an approval of another thread, `bad_request` for an answer that cannot be read.
 */
export async function answerInterrupts(call: AgUiCall, { session }: AgUiThread): Promise<Response> {
  const { module, exchange, body } = call
  const engine = module.engineOf(exchange)
  const verdicts = readVerdicts(body.resume)
  const approvals = await Promise.all(
    body.resume.map(async ({ interruptId }): Promise<Approval> => {
      const approval = await engine.stores.approvals.get(tenantOf(exchange), interruptId)
      const isOwn = session !== null && approval?.sessionId === session.id
      const isForPeople = approval?.agentId === call.agentId && !approval.clientTool
      return requireFound(isOwn && isForPeople ? approval : null, 'Interrupt')
    }),
  )
  const [first] = approvals
  if (!first || approvals.some(({ runId }) => runId !== first.runId)) {
    throw badRequest('The answers belong to several runs', [
      { path: 'resume', message: 'answers interrupts of several runs' },
    ])
  }
  const run = await requireRun(module, first.runId, exchange)
  const pauses = await Promise.all(approvals.map(({ id }) => findPause(engine, run, id)))
  for (const [at, approval] of approvals.entries()) {
    const verdict = verdicts[at]
    if (verdict) await decide(call, approval, { verdict, at })
  }
  await answerClientTools(call, run) // results may come with the answers
  return streamAgUi(call, {
    run: await requireRun(module, run.id, exchange),
    after: Math.min(...pauses.map((pause) => pause ?? -1)),
  })
}

function readVerdicts(resume: readonly AgUiResume[]): ApprovalVerdict[] {
  const faults: { path: string; message: string }[] = []
  const verdicts = resume.flatMap(({ status, payload }, index): ApprovalVerdict[] => {
    const parsed = payloadSchema.safeParse(payload)
    if (status === 'cancelled') return [{ approved: false, reason: parsed.data?.reason }]
    if (parsed.success) return [parsed.data]
    for (const issue of parsed.error.issues) {
      const path = ['resume', index, 'payload', ...issue.path].join('.')
      faults.push({ path, message: issue.message })
    }
    return []
  })
  if (faults.length > 0) throw badRequest('Invalid request body: resume', faults)
  return verdicts
}

async function decide(
  { module, exchange }: AgUiCall,
  approval: Approval,
  { verdict, at }: { readonly verdict: ApprovalVerdict; readonly at: number },
): Promise<void> {
  try {
    await decideApproval(module, exchange, { approval, verdict })
  } catch (error) {
    if (!(error instanceof StudioError)) throw error
    if (error.code === 'conflict') return // somebody was faster: the stream shows what came of it
    if (error.code !== 'bad_request' || !Array.isArray(error.details)) throw error
    const details = (error.details as { path: string; message: string }[]).map(
      ({ path, message }) => ({ path: `resume.${at}.payload.${path}`, message }),
    )
    throw new StudioError(error.code, error.message, { details, cause: error })
  }
}
