import { isoTime } from '../../lib/clock.ts'
import { toPublicError } from '../../lib/redact.ts'
import { isRetryable, retryDelayMs } from '../../lib/retry.ts'
import { sleep } from '../../lib/timer.ts'
import { createAssembly, toAnswer, toPartial, type Assembly } from './assembly.ts'
import { runAttempt } from './attempt.ts'
import type { ModelCallContext, ModelOutcome, ModelRequest, ModelSink } from './call-types.ts'
import type { LanguageModel } from './language-model.ts'
import { createStop, type Stop } from './stop.ts'
import { toUsage } from './usage.ts'

export type * from './call-types.ts'

const maxRetries = 3

/**
 * Calls a model once and puts its answer together. The call is repeated up to 3 times, while nothing was received, after
 * statuses 408, 409, 425, 429 and 5xx and after network failures (contract runs.md D.4). Never rejects.
 */
export async function callModel(
  model: LanguageModel,
  request: ModelRequest,
  sink: ModelSink,
  context: ModelCallContext,
): Promise<ModelOutcome> {
  const stop = createStop(context.signal)
  const startedAt = request.stream ? context.clock.now() : null
  try {
    for (let retries = 0; ; retries++) {
      const assembly = createAssembly(model, sink, context, startedAt)
      const failure = await runAttempt(model, request, assembly, stop)
      if (failure === null) return { ok: true, answer: toAnswer(assembly) }
      const mayRepeat = !assembly.received && retries < maxRetries && isRetryable(failure.error)
      if (mayRepeat && !stop.stopped) {
        await stop.race(waitForRetry(failure.error, retries, sink, context)).catch(() => {})
      }
      if (!mayRepeat || stop.stopped) return toFailure(failure.error, assembly, stop)
    }
  } finally {
    stop.dispose()
  }
}

async function waitForRetry(
  error: unknown,
  retries: number,
  sink: ModelSink,
  context: ModelCallContext,
): Promise<void> {
  const { clock, signal, random = Math.random } = context
  const now = clock.now()
  const delayMs = retryDelayMs(error, retries, now, random)
  sink.retry({ at: isoTime(now), delayMs, message: toPublicError(error).message })
  await (context.sleep ?? sleep)(delayMs, signal)
}

function toFailure(error: unknown, assembly: Assembly, stop: Stop): ModelOutcome {
  return {
    ok: false,
    error: stop.stopped
      ? { name: 'AbortError', message: 'The model call was aborted' }
      : toPublicError(error),
    partial: toPartial(assembly),
    usage: toUsage(assembly.finish?.usage),
    firstDeltaMs: assembly.firstDeltaMs,
  }
}
