import { createRequire } from 'node:module'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { CommitFile, WorkspaceFiles } from '../../../change/workspace.ts'
import { isRecord } from '../../../lib/json.ts'
import { redactText } from '../../../lib/redact.ts'
import { startTimer } from '../../../lib/timer.ts'
import {
  type CheckAnswer,
  type CheckRequest,
  type FoundError,
  toWorkerSource,
} from './worker-source.ts'

type CheckTypes = NonNullable<WorkspaceFiles['checkTypes']>
type TypeProof = Awaited<ReturnType<CheckTypes>>

/** How long a check may take and wait for the one before it, in milliseconds, and how many may wait. */
export interface CheckLimits {
  readonly checkMs: number
  readonly waitMs: number
  readonly waiting: number
}

const defaultLimits: CheckLimits = { checkMs: 60_000, waitMs: 30_000, waiting: 5 }

/** The most errors of one answer. */
const maxErrors = 20

/** The most memory of a check, in MiB. */
const maxMemory = 2_048

/** The check that runs in this process, and how many wait for it. A second one would only slow the first down. */
const slot: { last: Promise<unknown>; waiting: number } = { last: Promise.resolve(), waiting: 0 }

/** Reads the option `types`. Resolves to the path of a tsconfig, or to null. @throws TypeError for any other value. */
export function toConfigPath(types: unknown, isPath: (text: string) => boolean): string | null {
  if (types === undefined || types === false) return null
  if (types === true) return 'tsconfig.json'
  if (typeof types === 'string' && types.endsWith('.json') && isPath(types)) return types
  throw new TypeError('nodeWorkspace: types must be true, or the path of a tsconfig below the root')
}

/**
 * Makes a type check of changed files, with the project's own TypeScript, in a worker: on texts in memory, without writing, and
 * without the project's code and plugins. It never rejects (docs/decisions/198-types-are-checked-in-a-worker.md).
 */
export function createTypeChecker(
  root: () => Promise<string>,
  config: string,
  limits: CheckLimits = defaultLimits,
): CheckTypes {
  return async (files) => {
    const folder = await root()
    const place = (path: string) => path.replaceAll('\\', '/')
    let typescript: string
    try {
      typescript = createRequire(join(folder, 'package.json')).resolve('typescript')
    } catch {
      return notRun('typescript is not installed in the project')
    }
    const request = { typescript, root: place(folder), config, files }
    return (
      (await inTurn(limits, () => runWorker(request, limits))) ?? notRun('Another type check runs')
    )
  }
}

function notRun(reason: string): TypeProof {
  return { ran: false, errors: [], reason }
}

/** Runs a task when the one before it has ended; resolves to null when that takes too long. */
async function inTurn<T>(
  { waitMs, waiting }: CheckLimits,
  task: () => Promise<T>,
): Promise<T | null> {
  if (slot.waiting >= waiting) return null
  slot.waiting++
  let isLate = false
  const before = slot.last
  const turn = before.then(async () => (isLate ? null : task()))
  slot.last = turn.catch(() => undefined)
  let timer: ReturnType<typeof startTimer> | undefined
  const late = new Promise<void>((resolve) => {
    timer = startTimer(waitMs, () => {
      isLate = true
      resolve()
    })
  })
  try {
    await Promise.race([before, late])
    return isLate ? null : await turn
  } finally {
    timer?.stop()
    slot.waiting--
  }
}

/** Starts a worker and ends it: a check blocks its thread, so that only its end stops it. */
async function runWorker(request: CheckRequest, { checkMs }: CheckLimits): Promise<TypeProof> {
  const worker = new Worker(toWorkerSource(), {
    eval: true,
    workerData: request,
    env: {},
    execArgv: [],
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: maxMemory },
  })
  worker.stdout.resume()
  worker.stderr.resume()
  const answer = new Promise<CheckAnswer>((resolve) => {
    worker.once('message', (message: unknown) => resolve(toAnswer(message)))
    worker.on('error', (error) => {
      const isFull = isRecord(error) && error['code'] === 'ERR_WORKER_OUT_OF_MEMORY'
      resolve({
        failure: isFull ? `It needs more than ${maxMemory} MiB of memory` : 'typescript failed',
      })
    })
    worker.once('exit', () => resolve({ failure: 'typescript ended without an answer' }))
  })
  let timer: ReturnType<typeof startTimer> | undefined
  const late = new Promise<CheckAnswer>((resolve) => {
    const failure = `The type check took more than ${checkMs / 1000} seconds`
    timer = startTimer(checkMs, () => resolve({ failure }))
  })
  try {
    return toProof(await Promise.race([answer, late]), request)
  } finally {
    timer?.stop()
    await worker.terminate()
  }
}

/** The project's TypeScript is code that others wrote. */
function toAnswer(message: unknown): CheckAnswer {
  const isAnswer = isRecord(message) && ('failure' in message || Array.isArray(message['errors']))
  return isAnswer ? (message as CheckAnswer) : { failure: 'typescript gave no answer' }
}

function toProof(answer: CheckAnswer, { files, config }: CheckRequest): TypeProof {
  if ('failure' in answer) return notRun(answer.failure)
  const { errors, outside } = answer
  const code = files.filter(({ path, content }) => content !== null && /\.[cm]?tsx?$/.test(path))
  const isAllOutside = code.length > 0 && outside.length === code.length
  const missed = `${config} does not include ${outside.slice(0, 5).join(', ')}`
  if (isAllOutside && errors.length === 0) return notRun(missed)
  const cut = `${maxErrors} of ${errors.length} errors are listed`
  const notes = [
    ...(outside.length > 0 ? [missed] : []),
    ...(errors.length > maxErrors ? [cut] : []),
  ]
  return {
    ran: true,
    errors: errors.slice(0, maxErrors).map((error) => toFault(error, files)),
    reason: notes.length > 0 ? notes.join('; ') : null,
  }
}

/**
 * The compiler quotes literals of any file of the program. Those that the change itself does not have are left out: a caller could
 * read them by asking for types that do not fit.
 */
function toFault({ path, line, message }: FoundError, files: readonly CommitFile[]): FoundError {
  const isOwn = (text: string) =>
    files.some(({ original, content }) => original?.includes(text) || content?.includes(text))
  const masked = message.replace(
    /(import\()?(["`])((?:\\.|(?!\2)[^\\])*)\2/g,
    (whole, module: string | undefined, quote: string, text: string) =>
      module !== undefined || isOwn(text) ? whole : `${quote}…${quote}`,
  )
  return { path, line, message: redactText(masked) }
}
