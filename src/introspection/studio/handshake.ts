import { z } from 'zod'
import { defineRoute, type Route } from '../../http/route.ts'
import { isoTime } from '../../lib/clock.ts'
import { detectRuntime } from '../../lib/host-runtime.ts'
import { library } from '../../library.ts'
import type { Introspection } from '../module.ts'
import type { Reading } from '../model/request-scope.ts'
import {
  capabilitySchema,
  checksumsSchema,
  databaseStatusSchema,
  projectInfoSchema,
  protocolLevel,
  withoutCounters,
} from '../wire.ts'

/** What `GET /studio/handshake` answers (contract introspection.md 1.2). */
export const handshakeSchema = z
  .object({
    protocol_version: z.string().default('1.0').describe('Version of the Studio protocol.'),
    timestamp: z.string().describe('When this was answered, ISO 8601 in UTC.'),
    project: projectInfoSchema.describe('Which project this is.'),
    database: databaseStatusSchema.describe('The state of its database, asked just now.'),
    capabilities: z.array(capabilitySchema).describe('What Studio may do with this project.'),
    checksums: checksumsSchema.describe('What to compare with cached digests.'),
    endpoints: z.record(z.string(), z.string()).describe('Paths of what else is served, by name.'),
    metadata: z.record(z.string(), z.unknown()).describe('Facts beyond the protocol.'),
  })
  .meta({ title: 'StudioHandshake', description: 'Everything a client needs to start with.' })
/** What `GET /studio/handshake` answers. */
export type Handshake = z.infer<typeof handshakeSchema>

/** `GET /studio/handshake`. */
export function handshakeRoute(introspection: Introspection): Route {
  return defineRoute({
    name: 'handshake',
    method: 'GET',
    path: '/studio/handshake',
    summary: 'What is this project, what can be done with it, and did anything change?',
    capability: 'read_schema',
    etag: (answer) => {
      const { timestamp: _, database, ...rest } = answer as Handshake
      return { ...rest, database: withoutCounters(database) }
    },
    handle: (_input, exchange) =>
      introspection.read(exchange, (reading) => readHandshake(introspection, reading)),
  })
}

async function readHandshake(
  { project, environment, debug, clock, offer }: Introspection,
  reading: Reading,
): Promise<Handshake> {
  const [database, snapshot] = await Promise.all([reading.status(), reading.snapshot()])
  const runtime = detectRuntime()
  return {
    protocol_version: '1.0',
    timestamp: isoTime(clock.now()),
    project: {
      name: project.name,
      version: project.version,
      aksara_version: protocolLevel,
      python_version: [runtime.name, runtime.version].filter(Boolean).join(' '),
      debug_mode: debug,
      environment,
    },
    database,
    capabilities: [...offer().capabilities],
    checksums: snapshot.checksums,
    endpoints: { ...offer().endpoints },
    metadata: {
      library: library.name,
      library_version: library.version,
      runtime: runtime.name,
      runtime_version: runtime.version,
      pool_max: database.pool_size,
    },
  }
}
