export { Studio } from './studio.ts'
export type { Limits } from './lib/options/limits.ts'
export type { StudioOptions } from './options.ts'
export type { Protocol } from './agents/protocol.ts'
export { studioTools, type StudioToolsOptions } from './studio-tools.ts'
export { StudioError, errorStatus, type ErrorCode, type StudioErrorOptions } from './errors.ts'
export type { Json, JsonObject } from './lib/json.ts'
export type {
  AnySchema,
  InferOutput,
  ParseResult,
  SchemaFault,
  StandardIssue,
  StandardResult,
  StandardSchema,
  Zod3Schema,
} from './lib/standard-schema.ts'
export type { Clock, Ids } from './lib/clock.ts'

// requests and routes
export type { ConsoleAssets } from './http/console/assets.ts'
export type { FetchHandler, HostContext, StudioFetch } from './http/handler.ts'
export type { Exchange, Incoming, Principal } from './http/exchange.ts'
export type { Authenticate } from './http/guards.ts'
export type {
  EventStream,
  LazySchema,
  Method,
  ParamNames,
  PathParams,
  Route,
  RouteInput,
  RouteTag,
} from './http/route.ts'
export type { Capability } from './introspection/capabilities.ts'
export type { ApprovalNeed, ChangeOptions, ModelCode, ProofNeed, Shadow } from './change/module.ts'
export type * from './change/policy.ts'
export type * from './change/workspace.ts'

// agents and their tools
export { defineAgent, type Agent, type AgentSpec } from './agents/agent.ts'
export type * from './agents/hosted-loop.ts'
export {
  defineTool,
  type OnUnknown,
  type Tool,
  type ToolInput,
  type ToolSpec,
} from './agents/tool.ts'
export type { ToolContext } from './agents/tool-context.ts'
export type { ApprovalSpec, ToolApproval, ToolText } from './agents/approval-policy.ts'
export type { ErrorContext, ErrorHook } from './lib/options/report.ts'
export type { ModelSettings } from './agents/model/call.ts'
export type {
  LanguageModel,
  LanguageModelCall,
  LanguageModelResult,
} from './agents/model/language-model.ts'
export type { Dispatcher, DispatcherWork } from './agents/dispatch/dispatcher.ts'
export {
  inProcessDispatcher,
  type InProcessDispatcherOptions,
} from './agents/dispatch/in-process.ts'

// stores: the interfaces to implement, and the records they keep
export { memoryStores, type MemoryStoresOptions } from './storage/memory/index.ts'
export type {
  Admission,
  ApprovalFilter,
  ApprovalStore,
  Claimant,
  ClaimedRun,
  CommitResult,
  Hint,
  LogArchive,
  NewRun,
  NewSession,
  OpenStores,
  Page,
  PageRequest,
  Pruned,
  RunChange,
  RunFilter,
  RunJournal,
  RunRef,
  RunStore,
  SessionChange,
  SessionFilter,
  SessionMessage,
  SessionPage,
  SessionReading,
  SessionRun,
  SessionStore,
  StoreCounts,
  Stores,
  TimeRange,
} from './storage/store.ts'
export type {
  MessageRef,
  OutboxCount,
  OutboxFilter,
  OutboxStore,
  Settlement,
  Subscription,
} from './storage/outbox-store.ts'
export type { PushTarget, PushTargetStore } from './storage/push-target-store.ts'
export type { FactType, MessageStatus, OutboxMessage } from './records/outbox.ts'
export type { Reporter } from './agents/reporter.ts'
export type { Approval, ApprovalStatus, Decision } from './records/approval.ts'
export type * from './records/change.ts'
export type * from './records/plan.ts'
export type * from './records/proof.ts'
export type * from './storage/change-store.ts'
export type {
  AssistantMessage,
  Message,
  ToolCallPart,
  ToolMessage,
  ToolResultItem,
  ToolResultPart,
  UserMessage,
} from './records/message.ts'
export type {
  ClientTool,
  EndedStatus,
  LogEntry,
  TurnPause,
  PausedCall,
  Retry,
  Run,
  RunError,
  RunInput,
  RunMessage,
  RunStatus,
  RunProgress,
  RunSummary,
  ToolCall,
  TraceOptions,
  Turn,
} from './records/run.ts'
export type { Session } from './records/session.ts'
export type { Usage } from './records/usage.ts'

// the project under study
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
  DeclaredIndexKey,
  DeclaredTable,
  Field,
  Model,
  Relation,
} from './project/model.ts'
export type { FixEffect, LockMode } from './health/kit/fix-effect.ts'
export type { DriftKind, Issue, IssueKind, Subject, SubjectKind } from './health/kit/issue.ts'
export type {
  Baseline,
  IgnoredIssue,
  LintOptions,
  LintPreset,
  SchemaHealthOptions,
  Severity,
} from './project/schema-health-options.ts'
export type {
  HonoLike,
  IttyLike,
  OpenApiLike,
  ProjectRoute,
  RouteSource,
} from './project/routes.ts'
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
  HistoryRows,
  HistoryRows as JournalRows,
  HistoryTable,
  HistoryTable as JournalTable,
  Migration,
  MigrationKey,
  MigrationSource,
  MigrationState,
  MigrationStatus,
  MissingMigration,
  ModelSource,
  TableColumns,
} from './project/source.ts'

// aliases that stay for code written before `fetch-studio/postgres`
export type * from './deprecated.ts'
