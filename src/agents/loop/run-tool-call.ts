import { abortable, withDeadline } from '../../lib/deadline.ts'
import { toPublicError } from '../../lib/redact.ts'
import type { ToolCall } from '../../records/run.ts'
import { type CallResult, concludeCall, resultEvent } from './tool-result.ts'
import { type Tool, toToolResult } from '../tool.ts'
import { findTool, type RunState, toCallContext } from './run-state.ts'

/**
 * Runs one tool call: stores `started` before the tool's code begins, and the result before readers see it. A call that
 * the end of its run interrupts stays `started`; the code that ends or takes over the run decides what follows.
 */
export async function runToolCall(state: RunState, call: ToolCall): Promise<void> {
  const started: ToolCall = { ...call, state: 'started', startedAt: state.storeTime() }
  state.toolCalls.set(call.toolCallId, started)
  await state.journal.write({ toolCalls: [started] })
  // After a pause longer than the lease, the next owner may have decided about the call.
  if (state.signal.aborted || !(await state.lease.confirm())) return
  const result = await executeTool(state, started)
  if (!result) return
  const done = concludeCall(state, started, result)
  await state.journal.write({ toolCalls: [done] }, [resultEvent(done)])
}

/** Returns null if the run was stopped before the tool returned. */
async function executeTool(state: RunState, call: ToolCall): Promise<CallResult | null> {
  const tool = findTool(state, call)
  if (!tool) return { text: `ToolNotFoundError: there is no tool ${call.toolName}`, skipped: true }
  const parsed = await tool.parseInput(call.input)
  if (!parsed.ok) return { text: 'InvalidInputError: the input does not fit', skipped: true }
  const { run, signal: runSignal } = state
  try {
    const value = await withTimeLimit(tool, runSignal, async (signal) =>
      tool.execute(parsed.value, toCallContext(run, call, signal)),
    )
    return { items: toToolResult(value) }
  } catch (error) {
    if (runSignal.aborted) return null
    const { name, message } = toPublicError(error)
    return { text: `${name}: ${message}`, skipped: false }
  }
}

/** A tool that ignores its signal is abandoned: its promise keeps running, but the run continues. */
async function withTimeLimit<T>(
  tool: Tool,
  runSignal: AbortSignal,
  execute: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  runSignal.throwIfAborted()
  if (tool.timeoutMs === null) return abortable(execute(runSignal), runSignal)
  return withDeadline(tool.timeoutMs, timeoutError(tool), (deadline) => {
    const signal = AbortSignal.any([runSignal, deadline])
    return abortable(execute(signal), signal)
  })
}

function timeoutError({ name, timeoutMs }: Tool): DOMException {
  return new DOMException(`Tool ${name} did not answer within ${timeoutMs} ms`, 'TimeoutError')
}
