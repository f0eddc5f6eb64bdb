import { z } from 'zod'
import { isoTime } from '../../lib/clock.ts'
import { detectRuntime } from '../../lib/host-runtime.ts'
import { library } from '../../library.ts'
import { isTemplate } from '../capabilities.ts'
import type { RequestScope } from '../model/request-scope.ts'
import type { IntrospectionModule, Served } from '../module.ts'
import {
  capabilitySchema,
  checksumsSchema,
  databaseStatusSchema,
  projectInfoSchema,
  protocolLevel,
} from '../wire.ts'

/** The body of `GET /studio/handshake` (docs/contracts/introspection.md, 1.2). */
export const handshakeSchema = z
  .object({
    protocol_version: z.string().default('1.0').describe('Version of the Studio protocol.'),
    timestamp: z.string().describe('Time of this answer, ISO 8601 in UTC.'),
    project: projectInfoSchema.describe('The project that is served.'),
    database: databaseStatusSchema.describe('The state of its database, pinged for this request.'),
    capabilities: z.array(capabilitySchema).describe('What Studio can do with this project.'),
    checksums: checksumsSchema.describe('Digests to compare with cached ones.'),
    endpoints: z.record(z.string(), z.string()).describe('Paths of the other endpoints, by name.'),
    metadata: z.record(z.string(), z.unknown()).describe('Details beyond the protocol.'),
  })
  .meta({ title: 'StudioHandshake', description: 'Everything a client needs to start with.' })

/** The body that every Studio client reads first. */
export type Handshake = z.infer<typeof handshakeSchema>

/** Answers `GET /studio/handshake`, after pinging the database. */
export async function readHandshake(
  { project, environment, debug, clock, served }: IntrospectionModule,
  scope: RequestScope,
): Promise<Handshake> {
  const [database, snapshot] = await Promise.all([scope.status(), scope.snapshot()])
  const { capabilities, endpoints } = served()
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
    capabilities: [...capabilities],
    checksums: snapshot.checksums,
    endpoints: pickPaths(endpoints, false),
    metadata: {
      library: library.name,
      library_version: library.version,
      runtime: runtime.name,
      runtime_version: runtime.version,
      pool_max: database.pool_size,
      endpoint_templates: pickPaths(endpoints, true),
    },
  }
}

/** Picks the paths that can be requested as they stand, or the templates. */
function pickPaths(endpoints: Served['endpoints'], areTemplates: boolean): Record<string, string> {
  return Object.fromEntries(
    Object.entries(endpoints).filter(([, path]) => isTemplate(path) === areTemplates),
  )
}
