import { z } from 'zod'
import { capabilities } from './capabilities.ts'

/** One power of the handshake. */
export const capabilitySchema = z
  .enum(capabilities)
  .meta({ id: 'StudioCapability', description: 'Something Studio may do with this project.' })

/** The state of the database under study (contract introspection.md 1.1). */
export const databaseStatusSchema = z
  .object({
    connected: z.boolean().describe('True when the database answered just now.'),
    dialect: z.string().default('postgresql').describe('Which database it is.'),
    pool_size: z.int().default(0).describe('Connections the pool may hold.'),
    pool_available: z.int().default(0).describe('Connections this process does not use.'),
    latency_ms: z
      .number()
      .nullable()
      .default(null)
      .describe('Round trip just measured, in milliseconds; null without an answer.'),
    last_error: z
      .string()
      .nullable()
      .default(null)
      .describe('Why it is away, without anything secret; null when all is well.'),
  })
  .meta({ id: 'StudioDatabaseStatus', description: 'The state of the database under study.' })
/** The state of the database under study. */
export type DatabaseStatus = z.infer<typeof databaseStatusSchema>

/** What clients compare to know whether to ask again (contract introspection.md 3). */
export const checksumsSchema = z
  .object({
    schema_checksum: z.string().describe('Changes with the models.'),
    migrations_checksum: z.string().describe('Changes with the migrations and what is in them.'),
    settings_checksum: z.string().describe('Changes with the non-secret settings.'),
    routes_checksum: z.string().describe('Changes with the routes.'),
  })
  .meta({
    id: 'StudioChecksums',
    description: 'Digests of 16 hex digits to compare with cached ones.',
  })
/** What clients compare to know whether to ask again. */
export type Checksums = z.infer<typeof checksumsSchema>

/** The project as it introduces itself (contract introspection.md 1.1 and D). */
export const projectInfoSchema = z
  .object({
    name: z.string().describe('Name of the project.'),
    version: z.string().default('0.0.0').describe('Version of the project.'),
    aksara_version: z.string().describe('Level of the Studio protocol implemented here.'),
    python_version: z.string().describe('The runtime that hosts the project, with its version.'),
    debug_mode: z.boolean().default(false).describe('True when debugging is on.'),
    environment: z
      .string()
      .default('development')
      .describe('Where it runs: development, staging, production or a name of its own.'),
  })
  .meta({ id: 'StudioProjectInfo', description: 'The project as it introduces itself.' })
/** The project as it introduces itself. */
export type ProjectInfo = z.infer<typeof projectInfoSchema>

/** The level of the Studio protocol this package implements, as `aksara_version`. */
export const protocolLevel = '0.5.46'

/** Leaves out what changes between two asks of an unchanged database; for entity tags. */
export function withoutCounters({ connected, dialect, last_error }: DatabaseStatus): object {
  return { connected, dialect, last_error }
}
