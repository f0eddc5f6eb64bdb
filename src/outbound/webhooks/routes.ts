import { z } from 'zod'
import { defineRoute, type Route } from '../../http/route.ts'
import { messageStatuses, type OutboxMessage } from '../../records/outbox.ts'
import type { OutboxStore } from '../../storage/store.ts'
import type { Exchange } from '../../http/exchange.ts'
import { pageQuery, tenantOf, toPageRequest } from '../../agents/http/page.ts'
import { requireFound } from '../../agents/http/require.ts'
import type { AgentsModule } from '../../agents/module.ts'
import { present } from '../../agents/views/resources.ts'
import { targetPrefix } from './deliver.ts'
import type { delivery } from './delivery-answers.ts'

const query = z.object({
  ...pageQuery,
  status: z.enum(messageStatuses).optional(),
  runId: z.string().optional(),
})

/** `GET /webhooks/deliveries` and `POST /webhooks/deliveries/:deliveryId/redeliver`. */
export function deliveryRoutes(module: AgentsModule, names: readonly string[]): Route[] {
  const targets = names.map((name) => `${targetPrefix}${name}`)
  return [
    defineRoute({
      name: 'webhook_deliveries',
      operationId: 'listWebhookDeliveries',
      tags: ['webhooks'],
      method: 'GET',
      path: '/webhooks/deliveries',
      summary: 'Deliveries to webhooks, latest first; status=dead lists those that were given up',
      query,
      answer: async () => (await import('./delivery-answers.ts')).deliveryPage,
      async handle({ query: { status, runId = null, ...page } }, exchange) {
        const { items, cursor } = await outboxOf(module, exchange).list({
          ...toPageRequest(page, exchange),
          targets,
          statuses: status ? [status] : null,
          runId,
        })
        const deliveries = items.map(toDelivery)
        return cursor === null ? { deliveries } : { deliveries, nextCursor: cursor }
      },
    }),
    defineRoute({
      name: 'redeliver_webhook',
      operationId: 'redeliverWebhook',
      tags: ['webhooks'],
      errors: ['not_found'],
      method: 'POST',
      path: '/webhooks/deliveries/:deliveryId/redeliver',
      summary: 'Sends a delivery again, soon, with all its attempts',
      answer: async () => (await import('./delivery-answers.ts')).delivery,
      async handle({ params: { deliveryId } }, exchange) {
        const outbox = outboxOf(module, exchange)
        const tenant = tenantOf(exchange)
        const found = await outbox.get(tenant, deliveryId)
        const isOurs = found && targets.includes(found.target)
        const again = isOurs ? await outbox.redeliver(tenant, deliveryId) : null
        return toDelivery(requireFound(again, 'Delivery'))
      },
    }),
  ]
}

function outboxOf({ engineOf }: AgentsModule, exchange: Exchange): OutboxStore {
  const { outbox } = engineOf(exchange).stores
  if (!outbox) throw new Error('An engine with webhooks has an outbox')
  return outbox
}

type Delivery = z.infer<typeof delivery>

function toDelivery(message: OutboxMessage): Delivery {
  const { id, target, type, status, runId, agentId, sessionId, approvalId, createdAt } = message
  return present<Delivery>({
    id,
    webhook: target.slice(targetPrefix.length),
    webhookId: id.split('@')[0] ?? id,
    event: type,
    status,
    runId,
    agentId,
    sessionId,
    approvalId,
    createdAt,
    attempts: message.attempts,
    nextAttemptAt: message.dueAt,
    settledAt: message.settledAt,
    error: message.lastError,
  })
}
