import { abortable, withDeadline } from '../../lib/deadline.ts'
import { toPublicError } from '../../lib/redact.ts'
import type { ToolCall } from '../../records/run.ts'
import { type CallResult, concludeCall, resultEvent, toProgress } from './tool-result.ts'
import type { Tool } from '../tool.ts'
import { describeFaults, parseInput } from './parse-input.ts'
import { findTool, reportFailure, type RunState, toCallContext } from './run-state.ts'
import { readToolOutput } from './tool-output.ts'

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
  const parsed = await parseInput(state, tool, call)
  if (!parsed) return null
  if (!parsed.ok) return { text: describeFaults(parsed.faults), skipped: true }
  const { run, signal: runSignal } = state
  const onProgress = (value: unknown) => showProgress(state, call, value)
  try {
    const items = await withTimeLimit(tool, runSignal, async (signal) => {
      const output: unknown = await tool.execute(parsed.value, toCallContext(run, call, signal))
      return readToolOutput(output, { signal, onProgress })
    })
    return { items }
  } catch (error) {
    if (runSignal.aborted) return null
    reportFailure(state, error, call)
    const { name, message } = toPublicError(error)
    return { text: `${name}: ${message}`, skipped: false }
  }
}

/** Stores a value that a tool yielded before its result. A generator is not faster than the store, so it fills no queue. */
async function showProgress(state: RunState, call: ToolCall, value: unknown): Promise<void> {
  const { turn, toolCallId, toolName } = call
  const progress = toProgress(value)
  await state.journal.write({}, [
    { type: 'tool_progress', turn, toolCallId, callId: toolCallId, toolName, progress },
  ])
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
