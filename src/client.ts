export { createStudioClient } from './client/client.ts'
export type {
  ApprovalDecision,
  ApprovalFilter,
  CallOptions,
  FollowOptions,
  RunFilter,
  SessionFilter,
  StartOptions,
  StudioClient,
  TraceFilter,
} from './client/client.ts'
export { StudioClientError } from './client/error.ts'
export type { ClientErrorCode, ClientErrorFields } from './client/error.ts'
export type { List, ListPage, PageOptions } from './client/pages.ts'
export type { RunStream } from './client/run-stream.ts'
export type { ClientOptions } from './client/send.ts'
export type * from './client/wire.ts'
