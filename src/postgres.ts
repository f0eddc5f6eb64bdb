export { postgresDatabase } from './project/postgres/database.ts'
export { type DatabaseModelsOptions, databaseModels } from './project/postgres/models.ts'
export { sqlMigrations } from './project/postgres/migrations.ts'
export type { MigrationFiles } from './project/postgres/migration-files.ts'
