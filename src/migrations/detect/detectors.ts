import type { MigrationSource } from '../../project/source.ts'
import { alembicMigrations } from '../tools/alembic.ts'
import { atlasMigrations } from '../tools/atlas/atlas.ts'
import { dbmateMigrations } from '../tools/dbmate.ts'
import { djangoMigrations } from '../tools/django.ts'
import { drizzleMigrations } from '../tools/drizzle/drizzle.ts'
import type { MigrationFiles } from '../core/files.ts'
import { flywayMigrations } from '../tools/flyway/flyway.ts'
import { golangMigrations } from '../tools/golang.ts'
import { gooseMigrations } from '../tools/goose.ts'
import { graphileMigrations } from '../tools/graphile/graphile.ts'
import { knexMigrations } from '../tools/knex.ts'
import { kyselyMigrations } from '../tools/kysely.ts'
import { mikroOrmMigrations } from '../tools/mikro-orm.ts'
import { nodePgMigrations } from '../tools/node-pg-migrate.ts'
import { prismaMigrations } from '../tools/prisma/prisma.ts'
import { sequelizeMigrations } from '../tools/sequelize.ts'
import { sqlMigrations } from '../tools/sql.ts'
import { supabaseMigrations } from '../tools/supabase.ts'
import type { TableOptions } from '../core/table.ts'
import { typeormMigrations } from '../tools/typeorm.ts'

/** How one tool is told by its files. */
export interface Detector {
  readonly tool: string
  readonly toSource: (
    files: MigrationFiles,
    options: TableOptions,
    folder: string,
  ) => MigrationSource
  /** Matches files that only this tool has, or may have; the first group is the folder its source takes, with its slash. */
  readonly filePatterns: readonly RegExp[]
  /** What one of the newest marked files has to say. @default anything */
  readonly contentPattern?: RegExp
}

/** A folder in whose path something is about migrations: elsewhere, files of code are not looked at. */
const folder = '^((?:.*/)?[^/]*migrat[^/]*/)'

/** Every tool that can be found, surest first: of two that claim a folder the first has it. */
export const detectors: readonly Detector[] = [
  {
    tool: 'prisma',
    toSource: prismaMigrations,
    filePatterns: [/^(.*\/|)migration_lock\.toml$/],
    contentPattern: /provider\s*=\s*"(postgres|postgresql|cockroachdb)"/,
  },
  {
    tool: 'drizzle',
    toSource: drizzleMigrations,
    filePatterns: [/^(.*\/|)meta\/_journal\.json$/, /^(.*\/|)\d{14}_[^/]+\/snapshot\.json$/],
    contentPattern: /"dialect"\s*:\s*"(pg|postgresql|postgres)"/,
  },
  {
    tool: 'graphile-migrate',
    toSource: (files) => graphileMigrations(files),
    filePatterns: [/^(.*\/|)committed\/\d+[^/]*\.sql$/],
    contentPattern: /^--! Previous:/m,
  },
  {
    tool: 'supabase',
    toSource: supabaseMigrations,
    filePatterns: [/^((?:.*\/)?supabase\/migrations\/)\d+_[^/]*\.sql$/],
  },
  {
    tool: 'flyway',
    toSource: flywayMigrations,
    filePatterns: [/^(.*\/|)V\d[\d._]*__[^/]*\.sql$/],
  },
  {
    tool: 'goose',
    toSource: gooseMigrations,
    filePatterns: [/^(.*\/|)\d+_[^/]+\.sql$/],
    contentPattern: /^--\s*\+goose\s+up\b/im,
  },
  {
    tool: 'dbmate',
    toSource: dbmateMigrations,
    filePatterns: [/^(.*\/|)\d+[^/]*\.sql$/],
    contentPattern: /^--\s*migrate:up(\s|$)/m,
  },
  {
    tool: 'golang-migrate',
    toSource: golangMigrations,
    filePatterns: [/^(.*\/|)\d+_[^/]*\.up\.sql$/],
  },
  {
    tool: 'atlas',
    toSource: atlasMigrations,
    filePatterns: [/^(.*\/|)atlas\.sum$/],
    contentPattern: /^h1:/,
  },
  {
    tool: 'django',
    toSource: (files, options, folder) =>
      djangoMigrations(files, { ...options, ...toDjangoApp(folder) }),
    filePatterns: [/^((?:.*\/)?migrations\/)[^/_][^/]*\.py$/],
    contentPattern: /^from django\.db import\b.*\bmigrations\b/m,
  },
  {
    tool: 'alembic',
    toSource: alembicMigrations,
    filePatterns: [/^((?:.*\/)?versions\/)[^/_][^/]*\.py$/],
    contentPattern: /^down_revision\b/m,
  },
  {
    tool: 'mikro-orm',
    toSource: mikroOrmMigrations,
    filePatterns: [new RegExp(`${folder}[^/]+\\.(c?js|ts)$`, 'i')],
    contentPattern: /['"]@mikro-orm\/migrations['"]/,
  },
  {
    tool: 'typeorm',
    toSource: typeormMigrations,
    filePatterns: [new RegExp(`${folder}[^/]+\\.[cm]?[jt]s$`, 'i')],
    contentPattern: /\bMigrationInterface\b|\bclass\s+\w+\d{13}\b/,
  },
  {
    tool: 'sequelize',
    toSource: sequelizeMigrations,
    filePatterns: [new RegExp(`${folder}[^/]+\\.(c?js|c?ts)$`, 'i')],
    contentPattern: /\bqueryInterface\b|['"]sequelize['"]|\bSequelize\b/,
  },
  {
    tool: 'kysely',
    toSource: kyselyMigrations,
    filePatterns: [new RegExp(`${folder}[^/]+\\.[cm]?[jt]s$`, 'i')],
    contentPattern: /['"]kysely['"]|\bKysely\b/,
  },
  {
    tool: 'node-pg-migrate',
    toSource: nodePgMigrations,
    filePatterns: [new RegExp(`${folder}\\d+_[^/]+\\.([cm]?[jt]s|sql)$`, 'i')],
    contentPattern: /\bpgm\b|^--\s*up migration/im,
  },
  {
    tool: 'knex',
    toSource: knexMigrations,
    filePatterns: [new RegExp(`${folder}\\d+_[^/]+\\.(c?js|ts)$`, 'i')],
    contentPattern: /\bknex\b/i,
  },
  {
    tool: 'sql',
    toSource: (files) => sqlMigrations(files),
    filePatterns: [new RegExp(`${folder}[^/_.][^/]*\\.sql$`, 'i')],
    contentPattern: /^\s*--[ \t]*depends:/i,
  },
]

/** Django knows an app by the folder its migrations are in, unless it is told otherwise. */
function toDjangoApp(folder: string): { app?: string } {
  const [, app] = /(?:^|\/)([^/]+)\/migrations\/$/.exec(folder) ?? []
  return app === undefined ? {} : { app }
}
