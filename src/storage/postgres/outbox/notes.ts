import type { FactType } from '../../../records/outbox.ts'
import type { Subscription } from '../../store.ts'
import { type createStatement, now } from '../statement.ts'
import { addSubscription } from '../../subscriptions.ts'

/** Notes facts for other systems in the statements that make them. */
export interface Notes {
  subscribe(subscription: Subscription): () => void
  /**
   * Adds a part to a statement that notes a fact for everybody whom it concerns: one message for each row of the part `from`,
   * which has all columns of a run or of an approval. Adds nothing when it concerns nobody.
   */
  add(statement: ReturnType<typeof createStatement>, type: FactType, from: string): void
}

/** Creates the notes of stores, without subscriptions. */
export function createNotes(schema: string): Notes {
  const subscriptions = new Map<string, Subscription>()
  return {
    subscribe: (subscription) => addSubscription(subscriptions, subscription),
    add({ bind, part }, type, from) {
      const concerned = [...subscriptions.values()].filter(({ types }) => types.includes(type))
      if (concerned.length === 0) return
      for (const { onNote } of concerned) onNote?.()
      const receivers = bind(concerned.map(({ target, agents }) => ({ target, agents })))
      const { prefix, runId, approvalId, data } = type === 'run.ended' ? ofRun : ofApproval(type)
      part(
        `note_${from}`,
        `insert into ${schema}.outbox
           (id, target, tenant, type, run_id, agent_id, session_id, approval_id, data, created_at, due_at)
         select '${prefix}_' || f.id || '@' || s.target, s.target, f.tenant, '${type}', ${runId}, f.agent_id, f.session_id,
           ${approvalId}, ${data}, ${now}, ${now}
         from ${from} f cross join jsonb_to_recordset(${receivers}) as s (target text, agents jsonb)
         where s.agents is null or s.agents ? f.agent_id
         on conflict (id) do nothing`,
      )
    },
  }
}

const ofRun = {
  prefix: 'run_ended',
  runId: 'f.id',
  approvalId: 'null::text',
  data: `jsonb_build_object('status', f.status)`,
}

const ofApproval = (type: FactType) => ({
  prefix: type.replace('.', '_'),
  runId: 'f.run_id',
  approvalId: 'f.id',
  data: `jsonb_build_object('status', f.status, 'toolName', f.data -> 'toolName')`,
})
