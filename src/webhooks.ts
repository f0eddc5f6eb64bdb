export {
  type Webhook,
  webhooks,
  type WebhooksOptions,
} from './outbound/webhooks/define-webhooks.ts'
export type { FactType } from './records/outbox.ts'
export type { Reporter } from './agents/reporter.ts'
