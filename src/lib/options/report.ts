import { redactSecrets } from '../redact.ts'

/** Where a failure happened. Members that are unknown or do not apply are absent. */
export interface ErrorContext {
  readonly runId?: string
  readonly agentId?: string
  /** The name of the tool whose code, schema or approval policy failed. */
  readonly tool?: string
  readonly toolCallId?: string
}

/** Receives a failure as it was thrown, with the request and the run that it belongs to, as far as there are any. */
export type ErrorHook = (error: unknown, request?: Request, context?: ErrorContext) => unknown

/** An `ErrorHook` that neither throws nor rejects. */
export type ReportError = (error: unknown, request?: Request, context?: ErrorContext) => void

/**
 * Makes a reporter of a user's hook. A hook that throws, or whose promise rejects, is itself reported on the console, and so
 * is the error that it did not take. Without a hook, every error is printed there.
 */
export function createReport(hook: ErrorHook | undefined): ReportError {
  if (hook === undefined) return printError
  if (typeof hook !== 'function') throw new TypeError('onError must be a function')
  return (error, request, context) => {
    const failed = (fault: unknown) => {
      print(`onError failed: ${describeError(fault)}`)
      printError(error, request, context)
    }
    try {
      Promise.resolve(hook(error, request, context)).catch(failed)
    } catch (fault) {
      failed(fault)
    }
  }
}

/** Prints an error on the console: where it happened, its stack and its causes, without secrets. */
function printError(error: unknown, _request?: Request, context: ErrorContext = {}): void {
  const { runId, agentId, tool } = context
  const where = [
    ...(runId === undefined ? [] : [`run ${runId}`]),
    ...(agentId === undefined ? [] : [`agent ${agentId}`]),
    ...(tool === undefined ? [] : [`tool ${tool}`]),
  ]
  print([...(where.length > 0 ? [where.join(', ')] : []), describeError(error)].join(': '))
}

function print(text: string): void {
  try {
    console.error(`fetch-studio: ${redactSecrets(text)}`)
  } catch {
    // A console that fails must not end the process.
  }
}

/** An error can be its own cause, so the chain is followed only this far. */
const maxCauses = 5

function describeError(error: unknown): string {
  const lines: string[] = []
  let current = error
  for (let depth = 0; depth < maxCauses && current !== undefined; depth++) {
    lines.push((depth === 0 ? '' : 'caused by: ') + describeOne(current))
    const errors = read(current, 'errors')
    current = read(current, 'cause') ?? (Array.isArray(errors) ? errors[0] : undefined)
  }
  return lines.join('\n')
}

/** What APIs and systems add to their errors: texts and numbers only. */
const facts = ['code', 'status', 'statusCode', 'responseBody', 'body', 'detail']

function describeOne(error: unknown): string {
  const head = `${toText(read(error, 'name') ?? 'Error')}: ${toText(read(error, 'message') ?? error)}`
  const stack = read(error, 'stack')
  const known = facts.flatMap((name) => {
    const value = read(error, name)
    const isFact = (typeof value === 'string' && value !== '') || typeof value === 'number'
    return isFact ? [`  ${name}: ${String(value).slice(0, 1_000)}`] : []
  })
  return [typeof stack === 'string' && stack !== '' ? stack : head, ...known].join('\n')
}

function toText(value: unknown): string {
  try {
    return typeof value === 'object' ? JSON.stringify(value) : String(value)
  } catch {
    return 'unknown'
  }
}

/** Reads a member of any value. A getter or a proxy may throw. */
function read(value: unknown, member: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  try {
    return (value as Record<string, unknown>)[member]
  } catch {
    return undefined
  }
}
