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
    tool: 'supabase',
    toSource: supabaseMigrations,
    marks: [/^((?:.*\/)?supabase\/migrations\/)\d+_[^/]*\.sql$/],
  },
  {
    tool: 'flyway',
    toSource: flywayMigrations,
    marks: [/^(.*\/|)V\d[\d._]*__[^/]*\.sql$/],
  },
  {
    tool: 'goose',
    toSource: gooseMigrations,
    marks: [/^(.*\/|)\d+_[^/]+\.sql$/],
    says: /^--\s*\+goose\s+up\b/im,
  },
  {
    tool: 'dbmate',
    toSource: dbmateMigrations,
    marks: [/^(.*\/|)\d+[^/]*\.sql$/],
    says: /^--\s*migrate:up(\s|$)/m,
  },
  {
    tool: 'golang-migrate',
    toSource: golangMigrations,
    marks: [/^(.*\/|)\d+_[^/]*\.up\.sql$/],
  },
  {
    tool: 'atlas',
    toSource: atlasMigrations,
    marks: [/^(.*\/|)atlas\.sum$/],
    says: /^h1:/,
  },
  {
    tool: 'django',
    toSource: (files, options, folder) =>
      djangoMigrations(files, { ...options, ...toDjangoApp(folder) }),
    marks: [/^((?:.*\/)?migrations\/)[^/_][^/]*\.py$/],
    says: /^from django\.db import\b.*\bmigrations\b/m,
  },
  {
    tool: 'alembic',
    toSource: alembicMigrations,
    marks: [/^((?:.*\/)?versions\/)[^/_][^/]*\.py$/],
    says: /^down_revision\b/m,
  },
  {
    tool: 'mikro-orm',
    toSource: mikroOrmMigrations,
    marks: [new RegExp(`${folder}[^/]+\\.(c?js|ts)$`, 'i')],
    says: /['"]@mikro-orm\/migrations['"]/,
  },
  {
    tool: 'typeorm',
    toSource: typeormMigrations,
    marks: [new RegExp(`${folder}[^/]+\\.[cm]?[jt]s$`, 'i')],
    says: /\bMigrationInterface\b|\bclass\s+\w+\d{13}\b/,
  },
  {
    tool: 'sequelize',
    toSource: sequelizeMigrations,
    marks: [new RegExp(`${folder}[^/]+\\.(c?js|c?ts)$`, 'i')],
    says: /\bqueryInterface\b|['"]sequelize['"]|\bSequelize\b/,
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

/** Django knows an app by the folder its migrations are in, unless it is told otherwise. */
function toDjangoApp(folder: string): { app?: string } {
  const [, app] = /(?:^|\/)([^/]+)\/migrations\/$/.exec(folder) ?? []
  return app === undefined ? {} : { app }
}
