export { postgresDatabase } from './project/postgres/database.ts'
export { type CatalogOptions, readCatalog } from './project/postgres/catalog/read.ts'
export { readStatistics } from './project/postgres/catalog/statistics.ts'
export { type DatabaseModelsOptions, databaseModels } from './project/postgres/models.ts'
export { type MigrationFiles, filesBelow, memoryFiles } from './project/migrations/files.ts'
export type { TableOptions } from './project/migrations/table.ts'
export { type KyselyMigrationsOptions, kyselyMigrations } from './project/migrations/kysely.ts'
export { sqlMigrations } from './project/migrations/sql.ts'
export type { Retention } from './storage/postgres/prune.ts'
export {
  pgliteStores,
  type PostgresStoresOptions,
  postgresStores,
} from './storage/postgres/index.ts'
