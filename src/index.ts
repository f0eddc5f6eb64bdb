export { Studio } from './studio.ts'
export type { StudioOptions } from './options.ts'
export { StudioError, errorStatus, type ErrorCode } from './errors.ts'
export type { FetchHandler, HostContext } from './http/handler.ts'
export type { Principal } from './http/exchange.ts'
export { defineProject, type ProjectDefinition } from './project/define-project.ts'
export { zodModels } from './project/zod-models.ts'
export type { App, Field, Model, Project, Relation, Resource } from './project/project.ts'
export type { ProjectRoute, RouteSource } from './project/routes.ts'
export type { Database, DatabaseReader, OpenDatabase, Row } from './project/database.ts'
export type {
  AppliedMigration,
  Discovery,
  Migration,
  MigrationJournal,
  MigrationKey,
  MigrationSource,
  ModelSource,
} from './project/source.ts'
export type { Capability } from './introspection/capability.ts'
