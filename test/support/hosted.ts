import type { HostedSegment, SegmentOutcome } from '../../src/agents/hosted-loop.ts'
import { createHostedAgent, type HostedOptions } from '../../src/host/shared/hosted-agent.ts'
import { noUsage } from '../../src/records/usage.ts'

/** One segment of a scripted framework. */
export type ScriptedSegment = (segment: HostedSegment) => SegmentOutcome | Promise<SegmentOutcome>

/** Says a text, and ends the run with it. */
export function say(text: string): ScriptedSegment {
  return ({ emit }) => {
    emit({ type: 'text', delta: text })
    emit({ type: 'usage', usage: { ...noUsage, inputTokens: 3, outputTokens: 2, totalTokens: 5 } })
    return { kind: 'ended', output: text }
  }
}

/** Stops for a refund of 5,000 cents, with this state of the framework. */
export function askRefund(
  state = 'state of the framework',
  more: Partial<Extract<SegmentOutcome, { kind: 'paused' }>['pending'][number]> = {},
): ScriptedSegment {
  return ({ emit }) => {
    emit({ type: 'tool_call', callId: 'find', toolName: 'find_order', input: { orderId: 'A1' } })
    emit({ type: 'tool_result', callId: 'find', output: { status: 'delivered' } })
    const pending = { callId: 'refund', toolName: 'refund', input: { cents: 5_000 }, ...more }
    return { kind: 'paused', state, pending: [pending] }
  }
}

/** Hosts the agent `support` with a framework that plays these segments, and records what it gets. */
export function hostScripted(
  script: readonly ScriptedSegment[],
  options: Partial<HostedOptions> = {},
) {
  const segments: HostedSegment[] = []
  const agent = createHostedAgent(
    { id: 'support', ...options },
    {
      framework: 'scripted',
      modelId: 'scripted-model',
      advance: async (segment) => {
        const play = script[segments.length]
        segments.push(segment)
        if (!play) throw new Error(`The script has no segment ${segments.length}`)
        return play(segment)
      },
    },
  )
  return { agent, segments }
}
