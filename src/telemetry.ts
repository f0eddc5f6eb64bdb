export {
  type OtlpOptions,
  telemetry,
  type TelemetryOptions,
} from './outbound/telemetry/define-telemetry.ts'
export type { ContentMode } from './outbound/telemetry/content.ts'
export type { LogRecord } from './outbound/telemetry/log-records.ts'
export type { Reporter } from './agents/reporter.ts'
