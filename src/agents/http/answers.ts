import type { z } from 'zod'
import type { LazySchema } from '../../http/route.ts'

/** The schemas that a module exports, by name. */
type Schemas<Module> = {
  [Name in keyof Module as Module[Name] extends z.ZodType ? Name : never]: Module[Name]
}

/** Makes a function that names a schema of a module, which is loaded when the schema is read. */
function lazily<Module extends object>(load: () => Promise<Module>) {
  return <Name extends keyof Schemas<Module>>(
      name: Name,
    ): LazySchema<z.output<Extract<Module[Name & keyof Module], z.ZodType>>> =>
    async () =>
      (await load())[name as keyof Module] as never
}

/** The answers about the runtime and its agents. */
export const catalogAnswers = lazily(() => import('../answers/catalog-answers.ts'))
/** The answers of the routes of approvals. */
export const approvalAnswers = lazily(() => import('../answers/approval-answers.ts'))
/** The answers of the routes of runs. */
export const runAnswers = lazily(() => import('../answers/run-answers.ts'))
/** The lines of the stream of a run. */
export const eventAnswers = lazily(() => import('../answers/event-answers.ts'))
/** The answers of the routes of sessions. */
export const sessionAnswers = lazily(() => import('../answers/session-answers.ts'))
/** The answers of the routes of traces. */
export const traceAnswers = lazily(() => import('../answers/trace-answers.ts'))
