import { z } from 'zod'
import { capabilities, ownCapabilities } from './capabilities.ts'

/** One entry of the handshake's `capabilities`. */
export const capabilitySchema = z
  .enum([...capabilities, ...ownCapabilities])
  .meta({ id: 'StudioCapability', description: 'Something Studio can do with this project.' })

/** The state of the database under study (docs/contracts/introspection.md, 1.1). */
export const databaseStatusSchema = z
  .object({
    connected: z.boolean().describe('True if the database answered the ping of this request.'),
    dialect: z.string().default('postgresql').describe('The kind of database.'),
    pool_size: z.int().default(0).describe('Connections the pool may open.'),
    pool_available: z.int().default(0).describe('Connections this process is not using.'),
    latency_ms: z
      .number()
      .nullable()
      .default(null)
      .describe('Round trip of the ping in milliseconds; null if there was no answer.'),
    last_error: z
      .string()
      .nullable()
      .default(null)
      .describe('Why the database is unavailable, without secrets; null if it answered.'),
  })
  .meta({ id: 'StudioDatabaseStatus', description: 'The state of the database under study.' })

/** Connection, latency and last error of the database under study. */
export type DatabaseStatus = z.infer<typeof databaseStatusSchema>

/** Digests that a client compares to find out what changed (docs/contracts/introspection.md, 3). */
export const checksumsSchema = z
  .object({
    schema_checksum: z.string().describe('Changes with the models.'),
    migrations_checksum: z.string().describe('Changes with the migrations and their content.'),
    settings_checksum: z.string().describe('Changes with the settings that are not secret.'),
    routes_checksum: z.string().describe('Changes with the routes.'),
  })
  .meta({
    id: 'StudioChecksums',
    description: 'Digests of 16 hex digits to compare with cached ones.',
  })

/** The four digests of a snapshot, each 16 hex digits. */
export type Checksums = z.infer<typeof checksumsSchema>

/** The project in the handshake (docs/contracts/introspection.md, 1.1). */
export const projectInfoSchema = z
  .object({
    name: z.string().describe('Name of the project.'),
    version: z.string().default('0.0.0').describe('Version of the project.'),
    aksara_version: z.string().describe('Level of the Studio protocol that is implemented.'),
    python_version: z.string().describe('The runtime that hosts the project, with its version.'),
    debug_mode: z.boolean().default(false).describe('True if debugging is on.'),
    environment: z
      .string()
      .default('development')
      .describe('Where the project runs: development, staging, production or a custom name.'),
  })
  .meta({ id: 'StudioProjectInfo', description: 'Name, version and environment of the project.' })
