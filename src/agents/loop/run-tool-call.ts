import { toPublicError } from '../../lib/redact.ts'
import type { ToolCall } from '../../records/run.ts'
import { type CallResult, concludeCall, resultEvent } from './tool-result.ts'
import { type Tool, toToolResult } from '../tool.ts'
import { agentOf, toolContext, type Work, workTime } from './run-state.ts'

/**
 * Runs one tool call that may run: `started` is stored before the tool's code begins, its result before anybody sees it.
 * A process that was stopped meanwhile for longer than its lease does not begin: somebody else may have decided about the call.
 * A call cut off by the end of its run stays `started`; whoever ends or takes over the run decides about it.
 */
export async function runToolCall(work: Work, call: ToolCall): Promise<void> {
  const started: ToolCall = { ...call, state: 'started', startedAt: workTime(work) }
  work.toolCalls.set(call.toolCallId, started)
  await work.journal.write({ toolCalls: [started] })
  if (work.signal.aborted || !(await work.lease.confirm())) return
  const result = await executeTool(work, started)
  if (!result) return
  const done = concludeCall(work, started, result)
  await work.journal.write({ toolCalls: [done] }, [resultEvent(done)])
}

/** Null when the run was stopped before the tool answered. */
async function executeTool(work: Work, call: ToolCall): Promise<CallResult | null> {
  const tool = agentOf(work).tools.find(({ name }) => name === call.toolName)
  if (!tool) return { text: `ToolNotFoundError: there is no tool ${call.toolName}`, skipped: true }
  const parsed = await tool.parseInput(call.input)
  if (!parsed.ok) return { text: 'InvalidInputError: the input does not fit', skipped: true }
  const deadline = new AbortController()
  const timer =
    tool.timeoutMs === null
      ? undefined
      : setTimeout(() => deadline.abort(timeoutError(tool)), tool.timeoutMs)
  const signal = AbortSignal.any([work.signal, deadline.signal])
  try {
    const context = { ...toolContext(work, call.toolCallId), signal }
    const value = await raceSignal(signal, async () => tool.execute(parsed.value, context))
    return { items: toToolResult(value) }
  } catch (error) {
    if (work.signal.aborted) return null
    const { name, message } = toPublicError(error)
    return { text: `${name}: ${message}`, skipped: false }
  } finally {
    clearTimeout(timer)
  }
}

function timeoutError({ name, timeoutMs }: Tool): DOMException {
  return new DOMException(`Tool ${name} did not answer within ${timeoutMs} ms`, 'TimeoutError')
}

/** A tool that ignores its signal is left behind, not waited for. */
function raceSignal<T>(signal: AbortSignal, run: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const abort = () => reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    run()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', abort))
  })
}
