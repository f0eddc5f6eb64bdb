import { isoTime } from '../../lib/clock.ts'
import { detectRuntime } from '../../lib/host-runtime.ts'
import { library } from '../../library.ts'
import { isTemplate } from '../capabilities.ts'
import { describeRuntime } from '../model/runtime-name.ts'
import type { RequestScope } from '../model/request-scope.ts'
import type { IntrospectionModule, Served } from '../module.ts'
import { protocolLevel } from '../wire.ts'
import type { Handshake } from './studio-answers.ts'

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
      python_version: describeRuntime(runtime),
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

/** Endpoints that the handshake lists first, in this order (docs/contracts/introspection.md, 1.2). */
const firstEndpoints = [
  'context_full',
  'context_summary',
  'health',
  'tools',
  'tools_mcp',
  'query_execute',
  'codegen_preview',
  'patch_preview',
  'patch_apply',
  'plan_preview',
  'plan_apply',
  'schema_health',
]

/** Picks the paths that can be requested as they stand, or the templates. */
function pickPaths(endpoints: Served['endpoints'], areTemplates: boolean): Record<string, string> {
  const rank = ([name]: [string, string]) => {
    const index = firstEndpoints.indexOf(name)
    return index < 0 ? firstEndpoints.length : index
  }
  return Object.fromEntries(
    Object.entries(endpoints)
      .filter(([, path]) => isTemplate(path) === areTemplates)
      .sort((a, b) => rank(a) - rank(b)),
  )
}
