import { z } from 'zod'
import { factTypes, messageStatuses } from '../../records/outbox.ts'
import { count, listOf, nextCursor, time } from '../../agents/answers/shared.ts'

/** The answer of `POST /webhooks/deliveries/:deliveryId/redeliver`, and an item of the list. */
export const delivery = z
  .object({
    id: z.string(),
    webhook: z.string().describe('The name of the webhook.'),
    webhookId: z.string().describe('What the receiver gets as `webhook-id`.'),
    event: z.enum(factTypes),
    status: z.enum(messageStatuses),
    runId: z.string(),
    agentId: z.string(),
    sessionId: z.string().exactOptional(),
    approvalId: z.string().exactOptional(),
    createdAt: time,
    attempts: count,
    nextAttemptAt: time.exactOptional(),
    settledAt: time.exactOptional().describe('When it was delivered or given up.'),
    error: z.string().exactOptional().describe('Why the last attempt failed.'),
  })
  .meta({ id: 'WebhookDelivery', description: 'One fact for one webhook.' })

/** The answer of `GET /webhooks/deliveries`. */
export const deliveryPage = z
  .object({ deliveries: listOf(delivery), ...nextCursor })
  .meta({ id: 'WebhookDeliveryPage', description: 'Deliveries, the latest first.' })
