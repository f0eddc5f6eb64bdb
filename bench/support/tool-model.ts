import type { LanguageModel } from '../../src/index.ts'

/** Describes the run of a `toolModel`. */
export interface ToolModelOptions {
  /** The tool to call, one call per turn, before the answer. */
  readonly tool: string
  readonly input: unknown
  readonly calls: number
  /** The number of deltas in each turn. */
  readonly deltas: number
  /** Milliseconds between two deltas. @default 0 */
  readonly pauseMs?: number
}

const usage = {
  inputTokens: { total: 812, noCache: 812, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 96, text: 96, reasoning: 0 },
}

/** Makes a model that derives its next step from the conversation alone, so that any process can continue a run. */
export function toolModel({
  tool,
  input,
  calls,
  deltas,
  pauseMs = 0,
}: ToolModelOptions): LanguageModel {
  const turnParts = (prompt: readonly unknown[]) => {
    const done = callsSince(prompt)
    const text = Array.from({ length: deltas }, () => ({
      type: 'text-delta',
      id: '1',
      delta: ' token',
    }))
    const call = {
      type: 'tool-call',
      toolCallId: `call-${done}`,
      toolName: tool,
      input: JSON.stringify(input),
    }
    const reason = done < calls ? 'tool-calls' : 'stop'
    return [
      { type: 'text-start', id: '1' },
      ...text,
      { type: 'text-end', id: '1' },
      ...(done < calls ? [call] : []),
      { type: 'finish', finishReason: { unified: reason, raw: reason }, usage },
    ]
  }
  return {
    specificationVersion: 'v3',
    provider: 'bench',
    modelId: 'tools',
    doGenerate: async () => {
      throw new Error('This model only streams')
    },
    doStream: async ({ prompt }) => ({ stream: paced(turnParts(prompt as unknown[]), pauseMs) }),
  }
}

/** Counts the tool results since the last user message. */
function callsSince(prompt: readonly unknown[]): number {
  const roles = prompt.map((message) => (message as { role: string }).role)
  return roles.slice(roles.lastIndexOf('user')).filter((role) => role === 'tool').length
}

function paced(parts: readonly { type: string }[], pauseMs: number): ReadableStream<unknown> {
  let at = 0
  return new ReadableStream({
    async pull(controller) {
      const part = parts[at++]
      if (!part) return controller.close()
      if (pauseMs > 0 && part.type === 'text-delta') {
        await new Promise((resolve) => setTimeout(resolve, pauseMs))
      }
      controller.enqueue(part)
    },
  })
}
