export { postgresDatabase } from './project/postgres/database.ts'
export { type CatalogOptions, readCatalog } from './project/postgres/catalog/read.ts'
export { readStatistics } from './project/postgres/catalog/statistics.ts'
export { type DatabaseModelsOptions, databaseModels } from './project/postgres/models.ts'
export { sqlMigrations } from './project/postgres/migrations.ts'
export type { MigrationFiles } from './project/postgres/migration-files.ts'
export type { Retention } from './storage/postgres/prune.ts'
export {
  pgliteStores,
  type PostgresStoresOptions,
  postgresStores,
} from './storage/postgres/index.ts'
