import type { DatabaseObject, ModelDetail } from '../../../client.ts'
import { client } from '../../app/api.ts'
import { useLoaded } from '../../app/loaded.ts'
import { Name } from '../../parts/plain-text.tsx'
import { Sql } from '../../parts/sql.tsx'
import { Empty, Show } from '../../parts/states.tsx'
import { modelTexts as texts } from './texts.ts'

interface Rule {
  readonly kind: string
  readonly name: string
  readonly detail: string
  /** Null where it mentions something that is not exposed. */
  readonly sql: string | null
}

/** The checks, policies and triggers of a model's table. */
export function Rules({ detail }: { readonly detail: ModelDetail }) {
  const { database, model } = detail
  const loaded = useLoaded(
    async (signal) => {
      const [policies, triggers] = await Promise.all([
        client.schema.objects('policies', { signal }),
        client.schema.objects('triggers', { signal }),
      ])
      const isOwn = (one: { readonly schema: string; readonly table: string }) =>
        one.schema === database?.schema && one.table === model.table_name
      return [...policies.filter(isOwn).map(toPolicy), ...triggers.filter(isOwn).map(toTrigger)]
    },
    [model.app_label, model.name],
  )
  if (!database) return <Empty title={texts.noRules} hint={texts.noTable} icon="schema" />
  const checks = database.checks.map(({ name, definition }): Rule => {
    return { kind: texts.check, name, detail: '', sql: definition }
  })
  return (
    <Show loaded={loaded}>
      {(others) =>
        checks.length + others.length === 0 ? (
          <Empty title={texts.noRules} icon="schema" />
        ) : (
          <div class="scroll db-rules">
            {[...checks, ...others].map((rule) => (
              <section key={`${rule.kind} ${rule.name}`}>
                <h2>
                  <Name text={rule.name} /> <span class="db-tag">{rule.kind}</span>
                  <span class="quiet">
                    <Name text={rule.detail} />
                  </span>
                </h2>
                {rule.sql === null ? (
                  <p class="quiet">{texts.withheld}</p>
                ) : (
                  <Sql text={rule.sql} />
                )}
              </section>
            ))}
          </div>
        )
      }
    </Show>
  )
}

function toPolicy(policy: DatabaseObject<'policies'>): Rule {
  const { name, permissive, command, roles, using, with_check, withheld } = policy
  const parts = [
    ...(using === null ? [] : [`${texts.using} (${using})`]),
    ...(with_check === null ? [] : [`${texts.withCheck} (${with_check})`]),
  ]
  return {
    kind: permissive ? texts.policy : `restrictive ${texts.policy}`,
    name,
    detail: `${command} ${texts.roles(roles.join(', '))}`,
    sql: withheld && parts.length === 0 ? null : parts.join('\n'),
  }
}

function toTrigger({ name, enabled, definition }: DatabaseObject<'triggers'>): Rule {
  return {
    kind: texts.trigger,
    name,
    detail: enabled === 'origin' ? '' : enabled,
    sql: definition,
  }
}
