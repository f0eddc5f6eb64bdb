import type { Answers } from '../../../client.ts'
import { client } from '../../app/api.ts'
import { type Loaded, useLoaded } from '../../app/loaded.ts'
import { logins } from '../../app/session.ts'

/** A model that can be queried. */
export type QueryModel = Answers['/ai/query/models']['models'][number]

/** A field of a model. */
export type QueryField = QueryModel['fields'][number]

/** What the page knows of the project: its models, and the lookups of filters. */
export interface Queryable {
  readonly models: readonly QueryModel[]
  readonly lookups: readonly string[]
}

let known: { readonly login: number; readonly data: Queryable } | null = null

/** Loads the models. The page of the next model starts with those of the page before. */
export function useModels(): Loaded<Queryable> {
  const login = logins.value
  const loaded = useLoaded(async (signal) => {
    const [{ models }, { lookups }] = await Promise.all([
      client.get('/ai/query/models', { signal }),
      client.query.describe({ signal }),
    ])
    return { models, lookups }
  }, [])
  if (loaded.data) known = { login, data: loaded.data }
  const before = known?.login === login ? known.data : null
  return loaded.data === null && before ? { ...loaded, data: before } : loaded
}

/** The name of a model that no other one has. */
export function fullName({ app_label: app, name }: QueryModel): string {
  return `${app}.${name}`
}

/** Finds a model by its full name, or by a name that only one model has. */
export function findModel(models: readonly QueryModel[], name: string): QueryModel | undefined {
  const whole = models.find((model) => fullName(model) === name)
  const sameName = models.filter((model) => model.name === name)
  return whole ?? (sameName.length === 1 ? sameName[0] : undefined)
}

/** What kind of value a field has. */
export type ValueKind = 'text' | 'number' | 'boolean' | 'time' | 'json' | 'list' | 'other'

/** Returns the kind of value of a field, by its type in the database or in zod. */
export function kindOf({ field_type: type }: QueryField): ValueKind {
  if (/\[\]$|^array/i.test(type)) return 'list'
  if (/^jsonb?$|^(object|record)/i.test(type)) return 'json'
  if (/^bool/i.test(type)) return 'boolean'
  if (/^(small|big)?int|^numeric|^decimal|^real|^double|serial|^number/i.test(type)) return 'number'
  if (/^(timestamp|date|time\b)/i.test(type)) return 'time'
  return /char|^text|^string|^name$|^citext/i.test(type) ? 'text' : 'other'
}

const ordered = ['exact', 'gt', 'gte', 'lt', 'lte', 'between', 'in', 'is_null']
const searched = ['contains', 'icontains']

/** Returns the lookups of the server that make sense for a kind of value. */
export function lookupsFor(kind: ValueKind, lookups: readonly string[]): readonly string[] {
  const fitting: Record<ValueKind, (lookup: string) => boolean> = {
    text: (lookup) => [...ordered, ...searched].includes(lookup),
    number: (lookup) => ordered.includes(lookup),
    time: (lookup) => ordered.includes(lookup),
    other: (lookup) => [...ordered, ...searched].includes(lookup),
    boolean: (lookup) => ['exact', 'is_null'].includes(lookup),
    json: (lookup) => lookup.startsWith('json_') || lookup === 'is_null',
    list: (lookup) => lookup.startsWith('array_') || lookup === 'is_null',
  }
  return lookups.filter(fitting[kind])
}
