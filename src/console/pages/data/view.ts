import type { RowQuery } from '../../../client.ts'
import { hrefOf, place, setQuery } from '../../app/router.ts'
import { parseJson } from '../../parts/json-view.tsx'
import { fullName, type QueryField, type QueryModel } from './queryable.ts'

/** One condition as the address holds it; the value is the text that was typed. */
export interface Condition {
  readonly field: string
  readonly lookup: string
  readonly value: string
}

/** What the address says about the rows that are shown. */
export interface DataView {
  readonly conditions: readonly Condition[]
  readonly sort: { readonly field: string; readonly isDescending: boolean } | null
  readonly fields: readonly QueryField[]
  readonly limit: number
  /** The number of the page, from 1 on. */
  readonly page: number
  /** The cursor of the page; null where pages go by their number. */
  readonly after: string | null
}

/** How many fields are shown until others are chosen. */
const fieldsAtFirst = 30
/** The sizes of a page. */
export const pageSizes = [50, 100, 500]

/** Reads the address. What does not fit the model is left out. */
export function readView(model: QueryModel): DataView {
  const { query } = place.value
  const chosen = readList(query.get('fields'))
  const fields = model.fields.filter(({ name }) => chosen.includes(name))
  const sort = query.get('sort')
  return {
    conditions: readConditions(query.get('where')),
    sort: sort ? { field: sort.replace(/^-/, ''), isDescending: sort.startsWith('-') } : null,
    fields: fields.length > 0 ? fields : model.fields.slice(0, fieldsAtFirst),
    limit: pageSizes.find((size) => String(size) === query.get('size')) ?? 50,
    page: Math.max(1, Math.min(Number(query.get('page')) || 1, 1_000_000)),
    after: query.get('after'),
  }
}

function readList(text: string | null): readonly unknown[] {
  const parsed = text === null ? [] : parseJson(text)
  return Array.isArray(parsed) ? (parsed as unknown[]) : []
}

function readConditions(text: string | null): Condition[] {
  return readList(text).flatMap((one) => {
    const [field, lookup, value] = Array.isArray(one) ? (one as unknown[]) : []
    const isWhole = [field, lookup, value].every((part) => typeof part === 'string')
    return isWhole ? [{ field, lookup, value } as Condition] : []
  })
}

const writeConditions = (conditions: readonly Condition[]) =>
  conditions.length === 0
    ? null
    : JSON.stringify(conditions.map(({ field, lookup, value }) => [field, lookup, value]))

const firstPage = { page: null, after: null, row: null }

/** Shows other rows, from the first page on. */
export function setConditions(conditions: readonly Condition[]) {
  setQuery({ where: writeConditions(conditions), ...firstPage }, {})
}

/** Sorts by a field: ascending, then descending, then not. */
export function sortBy(field: string, { sort }: DataView) {
  const isSame = sort?.field === field
  const next = isSame ? (sort.isDescending ? null : `-${field}`) : field
  setQuery({ sort: next, ...firstPage }, {})
}

/** The place of the rows of a model that meet conditions. */
export function hrefOfRows(model: string, conditions: readonly Condition[] = []): string {
  const where = writeConditions(conditions)
  const search = where === null ? '' : `?${new URLSearchParams({ where }).toString()}`
  return hrefOf(`/data/${encodeURIComponent(model)}${search}`)
}

/** Turns the view into a query. Fields that lead to related rows are asked for too. */
export function toRequest(model: QueryModel, view: DataView): RowQuery {
  const { conditions, sort, fields, limit, page, after } = view
  const joined = model.relations.flatMap(({ join }) => join.map(({ field }) => field))
  const names = new Set([...fields.map(({ name }) => name), ...joined])
  return {
    model: fullName(model),
    filters: conditions.map(({ field, lookup, value }) => ({
      field,
      lookup,
      value: toValue(lookup, value),
    })),
    sorting: sort ? [{ field: sort.field, direction: sort.isDescending ? 'desc' : 'asc' }] : [],
    pagination: { limit, ...(after === null ? { offset: (page - 1) * limit } : { after }) },
    select_fields: names.size === model.fields.length ? null : [...names],
  }
}

/** True for a lookup whose value is a list. */
export function takesList(lookup: string): boolean {
  return /^(in|between|array_.*|json_has_(any|all).*)$/.test(lookup)
}

/** The server casts texts to the type of the field; only lists, JSON and "is null" need another value. */
function toValue(lookup: string, text: string): unknown {
  if (lookup.endsWith('null')) return text !== 'false'
  const parsed = parseJson(text)
  if (lookup.startsWith('json_contain')) return parsed ?? text
  if (!takesList(lookup)) return text
  return Array.isArray(parsed) ? parsed : text.split(',').map((part) => part.trim())
}
