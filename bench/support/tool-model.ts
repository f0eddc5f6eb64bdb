import type { LanguageModel } from '../../src/index.ts'

/** What a `toolModel` does in a run. */
export interface ToolModelOptions {
  /** The tool it calls, one call a turn, before it answers. */
  readonly tool: string
  readonly input: unknown
  readonly calls: number
  /** How many deltas every turn has. */
  readonly deltas: number
  /** Milliseconds between two deltas. @default 0 */
  readonly pauseMs?: number
}

const usage = {
  inputTokens: { total: 812, noCache: 812, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 96, text: 96, reasoning: 0 },
}

/** Makes a model that knows from the conversation alone what comes next, so that any process may go on with a run. */
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

/** How often the tool answered since the last user message. */
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
