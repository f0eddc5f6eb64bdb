import type { StreamedEvent } from '../../client.ts'
import { refuseRpc } from './rpc-failures.ts'

type StopReason = 'end_turn' | 'max_tokens' | 'max_turn_requests' | 'refusal' | 'cancelled'

const reasonOfFinish: Readonly<Record<string, StopReason>> = {
  length: 'max_tokens',
  'content-filter': 'refusal',
}

/** The answer of a prompt. ACP has no shape for the tokens of a run, so they are in `_meta`. */
export interface PromptAnswer {
  readonly stopReason: StopReason
  readonly _meta?: { readonly 'fetch-studio': { readonly runId: string; readonly usage: object } }
}

/** Says why a run stopped. @throws an error for the client if the run failed. */
export function toPromptAnswer(last: StreamedEvent | null, isCancelled: boolean): PromptAnswer {
  if (last?.type !== 'final' && last?.type !== 'error' && last?.type !== 'cancelled') {
    if (isCancelled) return { stopReason: 'cancelled' }
    throw refuseRpc('internalError', 'The events of the run ended before the run')
  }
  const { runId, usage } = last
  const answer = (stopReason: StopReason): PromptAnswer => ({
    stopReason,
    _meta: { 'fetch-studio': { runId, usage } },
  })
  // A client that has cancelled is told so, however the run ended.
  if (isCancelled || last.type === 'cancelled') return answer('cancelled')
  const finish = reasonOfFinish[last.finishReason ?? '']
  if (last.type === 'final') return answer(finish ?? 'end_turn')
  const { code, message } = last.error
  if (code === 'max_turns') return answer('max_turn_requests')
  if (code === 'model_error' && finish) return answer(finish)
  throw refuseRpc('internalError', message, { code, runId })
}
