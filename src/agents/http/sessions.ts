import { z } from 'zod'
import { StudioError } from '../../errors.ts'
import { json, noContent } from '../../http/respond.ts'
import { defineRoute, type Route } from '../../http/route.ts'
import { jsonObjectSchema } from '../../lib/json.ts'
import type { Session } from '../../records/session.ts'
import type { WireReading } from '../answers/session-answers.ts'
import type { Engine } from '../engine/engine.ts'
import type { AgentsModule } from '../module.ts'
import { toWireSession } from '../views/resources.ts'
import { sessionAnswers } from './answers.ts'
import { pageQuery, tenantOf } from './page.ts'
import { requireAgent, requireFound, requireSession, requireStore } from './require.ts'
import { itemRoute, listRoute } from './resource-routes.ts'
import { awaitOutcome } from './run-outcome.ts'

const sessionsQuery = z.object({
  ...pageQuery,
  agentId: z.string().optional(),
  search: z.string().trim().max(200).optional(),
})

const createBody = z.object({
  agentId: z.string().trim().min(1, 'must not be blank'),
  title: z.string().trim().max(1000).optional(),
  metadata: jsonObjectSchema.optional(),
})

const updateBody = z.object({
  title: z.string().trim().max(1000).nullable().optional(),
  metadata: jsonObjectSchema.nullable().optional(),
})

const wholeNumber = z
  .string()
  .regex(/^\d{1,9}$/, 'must be a whole number, in plain digits')
  .transform(Number)

const sessionQuery = z.object({
  messageLimit: wholeNumber.pipe(z.number().min(1).max(1000)).default(1000),
  before: wholeNumber.optional(),
})

/** `GET` and `POST /sessions`, `GET`, `PATCH` and `DELETE /sessions/:sessionId`. */
export function sessionRoutes(module: AgentsModule): Route[] {
  const check = () => requireStore(module, 'sessions')
  return [
    listRoute(module, {
      name: 'sessions',
      operationId: 'listSessions',
      tags: ['sessions'],
      errors: ['not_found', 'unsupported_capability'],
      answer: sessionAnswers('sessionPage'),
      path: '/sessions',
      summary: 'Sessions, the latest changed first',
      check,
      query: sessionsQuery,
      async list(page, { engine, query: { agentId = null, search } }) {
        if (agentId !== null) requireAgent(module, agentId)
        return engine.stores.sessions.list({ ...page, agentId, search: search || null })
      },
      show: (sessions) => ({ sessions: sessions.map(toWireSession) }),
    }),
    createRoute(module),
    itemRoute(module, {
      name: 'session',
      operationId: 'getSession',
      tags: ['sessions'],
      errors: ['not_found', 'unsupported_capability'],
      answer: sessionAnswers('sessionReading'),
      path: '/sessions/:sessionId',
      summary: 'One session with its messages and transcript',
      check,
      query: sessionQuery,
      find: ({ sessionId }, exchange) => requireSession(module, sessionId, exchange),
      show: (session, { engine, query }) => readSession(engine, session, query),
    }),
    updateRoute(module),
    deleteRoute(module),
  ]
}

function createRoute(module: AgentsModule): Route {
  const { engineOf, ids, publicPath } = module
  return defineRoute({
    name: 'create_session',
    operationId: 'createSession',
    tags: ['sessions'],
    errors: ['not_found', 'unsupported_capability'],
    answers: { 201: sessionAnswers('session') },
    method: 'POST',
    path: '/sessions',
    summary: 'Create a session with an agent',
    check: () => requireStore(module, 'sessions'),
    body: createBody,
    async handle({ body }, exchange) {
      requireAgent(module, body.agentId)
      const session = await engineOf(exchange).stores.sessions.create({
        id: ids.uuid(),
        tenant: tenantOf(exchange),
        agentId: body.agentId,
        title: body.title || null,
        metadata: body.metadata ?? null,
      })
      return json(toWireSession(session), 201, { location: `${publicPath}/sessions/${session.id}` })
    },
  })
}

function updateRoute(module: AgentsModule): Route {
  return defineRoute({
    name: 'update_session',
    operationId: 'updateSession',
    tags: ['sessions'],
    errors: ['not_found', 'unsupported_capability'],
    answer: sessionAnswers('session'),
    method: 'PATCH',
    path: '/sessions/:sessionId',
    summary: 'Replace the title or the metadata of a session; null removes it',
    check: () => requireStore(module, 'sessions'),
    body: updateBody,
    async handle({ params: { sessionId }, body: { title, metadata } }, exchange) {
      const { sessions } = module.engineOf(exchange).stores
      const change = {
        ...(title === undefined ? {} : { title: title || null }),
        ...(metadata === undefined ? {} : { metadata }),
      }
      if (Object.keys(change).length === 0) {
        return toWireSession(await requireSession(module, sessionId, exchange))
      }
      const changed = await sessions.update(tenantOf(exchange), sessionId, change)
      return toWireSession(requireFound(changed, 'Session'))
    },
  })
}

async function readSession(
  { stores, limits }: Engine,
  session: Session,
  { messageLimit, before }: z.infer<typeof sessionQuery>,
): Promise<WireReading> {
  const page = { limit: messageLimit, before: before ?? null, bytes: limits.sessionBytes }
  const reading = requireFound(
    await stores.sessions.read(session.tenant, session.id, page),
    'Session',
  )
  const { messages, runs } = reading
  const first = messages[0]?.position ?? 0
  const { toTranscript } = await import('../views/transcript.ts')
  return {
    ...toWireSession(reading.session),
    messages: messages.map(({ message }) => message),
    transcript: toTranscript(messages, runs),
    ...(first > 0 ? { nextBefore: first } : {}),
  }
}

function deleteRoute(module: AgentsModule): Route {
  return defineRoute({
    name: 'delete_session',
    operationId: 'deleteSession',
    tags: ['sessions'],
    errors: ['not_found', 'unsupported_capability'],
    answers: { 204: null },
    method: 'DELETE',
    path: '/sessions/:sessionId',
    summary: 'Delete a session with its messages, runs and traces; its open runs are cancelled',
    check: () => requireStore(module, 'sessions'),
    async handle({ params }, exchange) {
      const engine = module.engineOf(exchange)
      const { id, tenant } = await requireSession(module, params.sessionId, exchange)
      await cancelOpenRuns(engine, id, tenant)
      const deleted = await engine.stores.sessions.delete(tenant, id)
      if (!deleted) throw new StudioError('not_found', 'Session not found')
      engine.nudgeReaders() // of a run that was admitted during the deletion
      return noContent()
    },
  })
}

const cancelWaitMs = 1000

/** Cancels open runs so that watchers see them end. A run that does not end in time is deleted with the session. */
async function cancelOpenRuns(engine: Engine, sessionId: string, tenant: string) {
  const open = await engine.stores.runs.list({
    tenant,
    limit: 100,
    cursor: null,
    statuses: ['queued', 'running', 'waiting'],
    agentId: null,
    sessionId,
  })
  await Promise.all(
    open.items.map(async (run) => {
      await engine.cancel(tenant, run.id, 'The session was deleted.')
      await awaitOutcome(engine, run, { waitMs: cancelWaitMs })
    }),
  )
}
