import { isoTime } from '../../lib/clock.ts'
import { abortable } from '../../lib/deadline.ts'
import { toPublicError } from '../../lib/redact.ts'
import { errorsBehind, errorStatus, readMember } from '../../lib/failures/error-causes.ts'
import { type Backoff, isRetryable, retryDelayMs } from '../../lib/failures/retry.ts'
import { sleep } from '../../lib/timer.ts'
import {
  type Assembly,
  createAssembly,
  readFinishReason,
  readUsage,
  toAnswer,
  toPartial,
} from './assembly.ts'
import { runAttempt } from './attempt.ts'
import type { ModelCallContext, ModelOutcome, ModelRequest, ModelSink } from './call-types.ts'
import type { LanguageModel } from './language-model.ts'
import { createStop, type Stop } from './stop.ts'
import { addUsage, noUsage, type Usage } from '../../records/usage.ts'

export type * from './call-types.ts'

const defaultRetries = 3

/**
 * Calls a model and assembles its answer. While nothing was received, the call is repeated after statuses 408, 409, 425, 429
 * and 5xx, after network failures and after answers that were cut off (docs/contracts/runs.md, D.4). Never rejects.
 *
 * @see docs/decisions/025-how-long-a-model-call-is-repeated.md
 */
export async function callModel(
  model: LanguageModel,
  request: ModelRequest,
  sink: ModelSink,
  context: ModelCallContext,
): Promise<ModelOutcome> {
  const stop = createStop(context.signal)
  const startedAt = request.stream ? context.clock.now() : null
  const backoff = toBackoff(context)
  let spent = noUsage
  try {
    for (let retries = 0; ; retries++) {
      const assembly = createAssembly(model, sink, context, startedAt)
      const failure = await runAttempt(model, request, assembly, stop)
      if (failure === null) {
        const answer = toAnswer(assembly)
        return { ok: true, answer: { ...answer, usage: addUsage(spent, answer.usage) } }
      }
      spent = addUsage(spent, readUsage(assembly))
      const { error } = failure
      const delayMs =
        assembly.received || retries >= backoff.retries || !isRetryable(error) || stop.stopped
          ? null
          : toDelay(error, retries, backoff, context)
      if (delayMs === null) return toFailure(error, assembly, stop, spent)
      sink.retry({
        at: isoTime(context.clock.now()),
        delayMs,
        message: toPublicError(error).message,
      })
      const wait = (context.sleep ?? sleep)(delayMs, context.signal)
      await abortable(wait, stop.signal).catch(() => {})
      if (stop.stopped) return toFailure(error, assembly, stop, spent)
    }
  } finally {
    stop.dispose()
  }
}

/** Leaves half of the remaining time to the calls themselves. */
function toBackoff({ retries = defaultRetries, deadline, clock, random }: ModelCallContext) {
  const leftMs = deadline === null || deadline === undefined ? null : deadline - clock.now()
  return { retries, budgetMs: leftMs === null ? null : leftMs / 2, random: random ?? Math.random }
}

/** Returns null when the run would be over before the next attempt. */
function toDelay(
  error: unknown,
  attempt: number,
  backoff: Backoff,
  { clock, deadline }: ModelCallContext,
): number | null {
  const now = clock.now()
  const delayMs = retryDelayMs(error, attempt, now, backoff)
  return deadline !== null && deadline !== undefined && now + delayMs >= deadline ? null : delayMs
}

/** Errors of provider packages that cannot turn a conversation into a request. */
const conversionErrors =
  /^AI_(?:UnsupportedFunctionality|InvalidPrompt|InvalidArgument|InvalidDataContent|InvalidMessageRole|MessageConversion)Error$/

/** Did the provider, or its package, refuse what was said, so that it would refuse it again? */
function isRefusal(error: unknown): boolean {
  const status = errorStatus(error)
  if (status !== null) return status === 400 || status === 413 || status === 422
  return errorsBehind(error).some((behind) =>
    conversionErrors.test(String(readMember(behind, 'name'))),
  )
}

function toFailure(error: unknown, assembly: Assembly, stop: Stop, usage: Usage): ModelOutcome {
  const status = errorStatus(error)
  return {
    ok: false,
    error: stop.stopped
      ? { name: 'AbortError', message: 'The model call was aborted' }
      : { ...toPublicError(error), ...(status === null ? {} : { status }) },
    cause: error,
    partial: toPartial(assembly),
    refused: !assembly.received && !stop.stopped && isRefusal(error),
    usage,
    finishReason: readFinishReason(assembly),
    firstDeltaMs: assembly.firstDeltaMs,
  }
}
