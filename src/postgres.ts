export { shardedStores } from './storage/sharded/spread-stores.ts'
export { type PostgresShadowOptions, postgresShadow } from './change/postgres/shadow.ts'
export { postgresDatabase } from './project/postgres/port.ts'
export { type CatalogOptions, readCatalog } from './project/postgres/catalog/read.ts'
export { readStatistics } from './project/postgres/catalog/counters.ts'
export type {
  Catalog,
  CatalogColumn,
  CatalogComposite,
  CatalogDomain,
  CatalogEnum,
  CatalogExtension,
  CatalogFunction,
  CatalogSchema,
  CatalogSequence,
  CatalogTable,
  CatalogView,
} from './project/catalog/catalog.ts'
export type { ObjectName } from './project/catalog/object-name.ts'
export type {
  CatalogCheck,
  CatalogForeignKey,
  CatalogIndex,
  CatalogIndexKey,
  CatalogKey,
  ReferenceAction,
} from './project/catalog/constraints.ts'
export type {
  CatalogPolicy,
  CatalogTrigger,
  DisabledForeignKey,
} from './project/catalog/relations.ts'
export type { CatalogStatistics, TableStatistics } from './project/catalog/statistics.ts'
export type { ExposureOptions } from './project/models/visibility.ts'
export { type DatabaseModelsOptions, databaseModels } from './project/postgres/models.ts'
export { type MigrationFiles, filesBelow, memoryFiles } from './migrations/core/files.ts'
export type { TableOptions } from './migrations/core/table.ts'
export type {
  AppMigrations,
  LocatedMigration,
  MigrationOverview,
  SourceStatus,
} from './migrations/core/overview.ts'
export { alembicMigrations } from './migrations/tools/alembic.ts'
export { type AtlasMigrationsOptions, atlasMigrations } from './migrations/tools/atlas/atlas.ts'
export { type DbmateMigrationsOptions, dbmateMigrations } from './migrations/tools/dbmate.ts'
export { type DetectedMigrations, detectMigrations } from './migrations/detect/detect.ts'
export { type DjangoMigrationsOptions, djangoMigrations } from './migrations/tools/django.ts'
export { drizzleMigrations } from './migrations/tools/drizzle/drizzle.ts'
export { graphileMigrations } from './migrations/tools/graphile/graphile.ts'
export { type FlywayMigrationsOptions, flywayMigrations } from './migrations/tools/flyway/flyway.ts'
export { type GooseMigrationsOptions, gooseMigrations } from './migrations/tools/goose.ts'
export { golangMigrations } from './migrations/tools/golang.ts'
export { type KnexMigrationsOptions, knexMigrations } from './migrations/tools/knex.ts'
export { type KyselyMigrationsOptions, kyselyMigrations } from './migrations/tools/kysely.ts'
export {
  type NodePgMigrationsOptions,
  nodePgMigrations,
} from './migrations/tools/node-pg-migrate.ts'
export { mikroOrmMigrations } from './migrations/tools/mikro-orm.ts'
export { prismaMigrations } from './migrations/tools/prisma/prisma.ts'
export {
  type SequelizeMigrationsOptions,
  sequelizeMigrations,
} from './migrations/tools/sequelize.ts'
export { supabaseMigrations } from './migrations/tools/supabase.ts'
export { type SqlMigratorOptions, sqlMigrator } from './migrations/postgres/sql-migrator.ts'
export type { MigrationJob, MigrationStep, Migrator } from './project/migrator.ts'
export { sqlMigrations } from './migrations/tools/sql.ts'
export { typeormMigrations } from './migrations/tools/typeorm.ts'
export type { Retention } from './storage/postgres/retention/prune.ts'
export type { PgliteLike } from './storage/postgres/driver/pglite.ts'
export {
  pgliteStores,
  type PostgresStoresOptions,
  postgresStores,
} from './storage/postgres/index.ts'
export { type DrizzleModelsOptions, drizzleModels } from './project/models/drizzle/drizzle.ts'
export {
  checkSchema,
  type HealthInput,
  type HealthInput as SchemaFacts,
  type SchemaReport,
  type SchemaVerdict,
} from './health/check-schema.ts'
export type { Inspected } from './health/kit/inspected.ts'
export { type CompareOptions, compareModels } from './health/drift/compare-models.ts'
export type { DeclaredModel } from './health/drift/difference.ts'
export {
  type Grants,
  type Grants as Exposure,
  readGrants,
  readGrants as readExposure,
} from './health/kit/grants.ts'
export type { LintOptions, LintPreset } from './project/schema-health-options.ts'
export type { SkippedRule } from './health/run-rules.ts'
export type { FixEffect, LockMode } from './health/kit/fix-effect.ts'
export type { Found, Rule } from './health/kit/rule.ts'
export { rules as schemaRules } from './health/rules/index.ts'
export { toBaseline } from './health/suppress.ts'
