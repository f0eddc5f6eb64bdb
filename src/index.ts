export { Studio } from './studio.ts'
export type { Limits, StudioOptions } from './options.ts'
export { studioTools, type StudioToolsOptions } from './studio-tools.ts'
export { StudioError, errorStatus, type ErrorCode } from './errors.ts'
export type { FetchHandler, HostContext } from './http/handler.ts'
export type { Principal } from './http/exchange.ts'
export type { Route } from './http/route.ts'
export { defineAgent, type Agent, type AgentSpec } from './agents/agent.ts'
export { defineTool, type Tool, type ToolContext, type ToolSpec } from './agents/tool.ts'
export type { ModelSettings } from './agents/model/call.ts'
export type { LanguageModel } from './agents/model/language-model.ts'
export type { Dispatcher, DispatcherWork } from './agents/dispatch/dispatcher.ts'
export { inProcessDispatcher } from './agents/dispatch/in-process.ts'
export { memoryStores, type MemoryStoresOptions } from './storage/memory/index.ts'
export type { OpenStores, Pruned, Stores } from './storage/store.ts'
export { defineProject, type ProjectDefinition } from './project/define-project.ts'
export type {
  App,
  AppFetch,
  AppHandler,
  Operation,
  Project,
  Resource,
  ResourceAction,
} from './project/project.ts'
export type {
  DeclaredForeignKey,
  DeclaredIndex,
  DeclaredTable,
  Field,
  Model,
  Relation,
} from './project/model.ts'
export type { Issue, IssueKind, Subject, SubjectKind } from './health/kit/issue.ts'
export type { Severity } from './project/schema-health-options.ts'
export type {
  Baseline,
  IgnoredIssue,
  SchemaHealthOptions,
} from './project/schema-health-options.ts'
export type { ProjectRoute, RouteSource } from './project/routes.ts'
export type {
  Database,
  DatabaseReader,
  OpenDatabase,
  QueryAnswer,
  QueryLimits,
  Row,
  Statement,
} from './project/database.ts'
export type {
  AppliedMigration,
  Comparison,
  Discovery,
  JournalRows,
  JournalTable,
  Migration,
  MigrationKey,
  MigrationSource,
  MigrationState,
  MigrationStatus,
  MissingMigration,
  ModelSource,
} from './project/source.ts'
export type { Capability } from './introspection/capabilities.ts'
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
export type { CatalogPolicy, CatalogTrigger } from './project/catalog/relations.ts'
export type { CatalogStatistics, TableStatistics } from './project/catalog/statistics.ts'
