import type { MigrationSource } from '../source.ts'
import { dbmateMigrations } from './dbmate.ts'
import { drizzleMigrations } from './drizzle.ts'
import type { MigrationFiles } from './files.ts'
import { graphileMigrations } from './graphile.ts'
import { knexMigrations } from './knex.ts'
import { kyselyMigrations } from './kysely.ts'
import { nodePgMigrations } from './node-pg-migrate.ts'
import { prismaMigrations } from './prisma.ts'
import { sqlMigrations } from './sql.ts'
import type { TableOptions } from './table.ts'
import { typeormMigrations } from './typeorm.ts'

/** How one tool is told by its files. */
export interface Detector {
  readonly tool: string
  readonly toSource: (files: MigrationFiles, options: TableOptions) => MigrationSource
  /** Matches files that only this tool has, or may have; the first group is the folder its source takes, with its slash. */
  readonly marks: readonly RegExp[]
  /** What one of the newest marked files has to say. @default anything */
  readonly says?: RegExp
}

/** A folder in whose path something is about migrations: elsewhere, files of code are not looked at. */
const folder = '^((?:.*/)?[^/]*migrat[^/]*/)'

/** Every tool that can be found, surest first: of two that claim a folder the first has it. */
export const detectors: readonly Detector[] = [
  {
    tool: 'prisma',
    toSource: prismaMigrations,
    marks: [/^(.*\/|)migration_lock\.toml$/],
    says: /provider\s*=\s*"(postgres|postgresql|cockroachdb)"/,
  },
  {
    tool: 'drizzle',
    toSource: drizzleMigrations,
    marks: [/^(.*\/|)meta\/_journal\.json$/, /^(.*\/|)\d{14}_[^/]+\/snapshot\.json$/],
    says: /"dialect"\s*:\s*"(pg|postgresql|postgres)"/,
  },
  {
    tool: 'graphile-migrate',
    toSource: (files) => graphileMigrations(files),
    marks: [/^(.*\/|)committed\/\d+[^/]*\.sql$/],
    says: /^--! Previous:/m,
  },
  {
    tool: 'dbmate',
    toSource: dbmateMigrations,
    marks: [/^(.*\/|)\d+[^/]*\.sql$/],
    says: /^--\s*migrate:up(\s|$)/m,
  },
  {
    tool: 'typeorm',
    toSource: typeormMigrations,
    marks: [new RegExp(`${folder}[^/]+\\.[cm]?[jt]s$`, 'i')],
    says: /\bMigrationInterface\b|\bclass\s+\w+\d{13}\b/,
  },
  {
    tool: 'kysely',
    toSource: kyselyMigrations,
    marks: [new RegExp(`${folder}[^/]+\\.[cm]?[jt]s$`, 'i')],
    says: /['"]kysely['"]|\bKysely\b/,
  },
  {
    tool: 'node-pg-migrate',
    toSource: nodePgMigrations,
    marks: [new RegExp(`${folder}\\d+_[^/]+\\.([cm]?[jt]s|sql)$`, 'i')],
    says: /\bpgm\b|^--\s*up migration/im,
  },
  {
    tool: 'knex',
    toSource: knexMigrations,
    marks: [new RegExp(`${folder}\\d+_[^/]+\\.(c?js|ts)$`, 'i')],
    says: /\bknex\b/i,
  },
  {
    tool: 'sql',
    toSource: (files) => sqlMigrations(files),
    marks: [new RegExp(`${folder}[^/_.][^/]*\\.sql$`, 'i')],
    says: /^\s*--[ \t]*depends:/i,
  },
]
