import { z } from 'zod'
import { defineRoute, type PathParams } from '../../src/http/route.ts'

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const isSame = <A, B>(_: Same<A, B>): void => {}

/** Compiles only when `PathParams` reads the names in a path. */
export const names = [
  isSame<PathParams<'/agents'>, Readonly<Record<never, string>>>(true),
  isSame<PathParams<'/agents/:agentId'>, { readonly agentId: string }>(true),
  isSame<PathParams<'/runs/:runId/events'>, { readonly runId: string }>(true),
  isSame<PathParams<'/a/:b/c/:d'>, { readonly b: string; readonly d: string }>(true),
  isSame<PathParams<string>, Readonly<Record<string, string>>>(true),
]

const route = { name: 'sample', method: 'GET', summary: 'A sample.' } as const

/** Compiles only when the handler's input has the types of the path and the schemas. */
export const routes = [
  defineRoute({
    ...route,
    path: '/runs/:runId/steps/:step',
    check: ({ runId }) => isSame<typeof runId, string>(true),
    query: z.object({ limit: z.coerce.number() }),
    body: z.object({ note: z.string() }),
    handle({ params, query, body }) {
      isSame<typeof params, { readonly runId: string; readonly step: string }>(true)
      isSame<typeof query, { limit: number }>(true)
      isSame<typeof body, { note: string }>(true)
    },
  }),
  defineRoute({
    ...route,
    path: '/runs',
    // @ts-expect-error the path names no parameter
    handle: ({ params }) => params.runId,
  }),
  defineRoute({
    ...route,
    path: '/runs/:runId',
    // @ts-expect-error the path names another parameter
    check: ({ sessionId }) => sessionId,
    handle: ({ query, body }) => (isSame<typeof query, undefined>(true), body),
  }),
]
