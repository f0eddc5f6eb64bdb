export { postgresDatabase } from './project/postgres/database.ts'
export { type CatalogOptions, readCatalog } from './project/postgres/catalog/read.ts'
export { readStatistics } from './project/postgres/catalog/statistics.ts'
export type { ExposureOptions } from './project/exposure.ts'
export { type DatabaseModelsOptions, databaseModels } from './project/postgres/models.ts'
export { type MigrationFiles, filesBelow, memoryFiles } from './project/migrations/files.ts'
export type { TableOptions } from './project/migrations/table.ts'
export { alembicMigrations } from './project/migrations/alembic.ts'
export { type AtlasMigrationsOptions, atlasMigrations } from './project/migrations/atlas.ts'
export { type DbmateMigrationsOptions, dbmateMigrations } from './project/migrations/dbmate.ts'
export { type DetectedMigrations, detectMigrations } from './project/migrations/detect.ts'
export { type DjangoMigrationsOptions, djangoMigrations } from './project/migrations/django.ts'
export { drizzleMigrations } from './project/migrations/drizzle.ts'
export { graphileMigrations } from './project/migrations/graphile.ts'
export { type FlywayMigrationsOptions, flywayMigrations } from './project/migrations/flyway.ts'
export { type GooseMigrationsOptions, gooseMigrations } from './project/migrations/goose.ts'
export { golangMigrations } from './project/migrations/golang.ts'
export { type KnexMigrationsOptions, knexMigrations } from './project/migrations/knex.ts'
export { type KyselyMigrationsOptions, kyselyMigrations } from './project/migrations/kysely.ts'
export {
  type NodePgMigrationsOptions,
  nodePgMigrations,
} from './project/migrations/node-pg-migrate.ts'
export { mikroOrmMigrations } from './project/migrations/mikro-orm.ts'
export { prismaMigrations } from './project/migrations/prisma.ts'
export {
  type SequelizeMigrationsOptions,
  sequelizeMigrations,
} from './project/migrations/sequelize.ts'
export { supabaseMigrations } from './project/migrations/supabase.ts'
export { sqlMigrations } from './project/migrations/sql.ts'
export { typeormMigrations } from './project/migrations/typeorm.ts'
export type { Retention } from './storage/postgres/prune.ts'
export {
  pgliteStores,
  type PostgresStoresOptions,
  postgresStores,
} from './storage/postgres/index.ts'
export { type DrizzleModelsOptions, drizzleModels } from './project/drizzle-models.ts'
export { checkSchema, type SchemaFacts, type SchemaReport } from './project/health/check-schema.ts'
export { compareModels } from './project/health/drift/compare-models.ts'
export type { DeclaredModel } from './project/health/drift/drift-issue.ts'
export { type Exposure, readExposure } from './project/health/exposure.ts'
export type { LintOptions, SkippedRule } from './project/health/lint.ts'
export type { Rule } from './project/health/rule.ts'
export { rules as schemaRules } from './project/health/rules/index.ts'
export { toBaseline } from './project/health/suppress.ts'
