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

/** How to recognise a tool from its files. */
export interface Detector {
  readonly tool: string
  readonly toSource: (
    files: MigrationFiles,
    options: TableOptions,
    folder: string,
  ) => MigrationSource
  /** Patterns of files that this tool may have. The first group is the folder for its source, with a trailing slash. */
  readonly filePatterns: readonly RegExp[]
  /** Pattern that one of the newest matching files must contain. @default any content */
  readonly contentPattern?: RegExp
}

/** A path that mentions migrations. Source code files elsewhere are not read. */
const folder = '^((?:.*/)?[^/]*migrat[^/]*/)'

/** All detectable tools, the most specific first. If two match a folder, the first one wins. */
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

/** The label of a Django app: by default the name of the folder that contains its migrations. */
function toDjangoApp(folder: string): { app?: string } {
  const [, app] = /(?:^|\/)([^/]+)\/migrations\/$/.exec(folder) ?? []
  return app === undefined ? {} : { app }
}
