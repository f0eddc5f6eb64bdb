export { createStudioClient } from './client/client.ts'
export type { StudioClient } from './client/client.ts'
export type {
  ApprovalDecision,
  ApprovalFilter,
  FollowOptions,
  RunFilter,
  SessionFilter,
  StartOptions,
  TraceFilter,
} from './client/call-options.ts'
export { conflictOf } from './client/change-calls.ts'
export type {
  ChangeFilter,
  ChangeVerdict,
  MigrateOptions,
  ShownChange,
} from './client/change-calls.ts'
export { StudioClientError } from './client/error.ts'
export type { ClientErrorCode, ClientErrorFields } from './client/error.ts'
export type { List, ListPage, PageOptions } from './client/pages.ts'
export type { ShownPlan } from './client/plan-calls.ts'
export type { RunStream } from './client/run-stream.ts'
export type { CallOptions, ClientOptions } from './client/send.ts'
export type { ConflictReason } from './change/sets/state.ts'
export type { ChangeStatus } from './records/change.ts'
export type { PlanNode } from './introspection/query/explain.ts'
export type { FieldFilter, Filter } from './introspection/query/plan.ts'
export type * from './client/wire.ts'
