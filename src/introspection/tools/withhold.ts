import { parseExactJson } from '../../lib/exact-json.ts'
import type { Json, JsonObject } from '../../lib/json.ts'
import type { WithheldNames } from './withheld-names.ts'

/** Deepest nesting of an answer that is passed on. */
const maxDepth = 100

/** Members that hold the name of another field, and members that hold its value: `{ field: 'token', old: …, new: … }`. */
const namesField = /^(?:name|field|column|key|attribute|property|path|param|header)(?:_?name)?$/i
const holdsValue =
  /^(?:(?:old|new|previous|current|original|default|raw)_?)?(?:values?|old|new|from|to|before|after|content|data|text|previous|current)$/i

/** Removes withheld members from the answer of a tool, at any depth, in whatever form they come. */
export interface Withholder {
  /**
   * Cleans a JSON value. `table` is the model or member that it belongs to.
   *
   * @throws RangeError if the value is nested too deeply.
   */
  clean(value: Json, table: string): Json
  /** True for a plain text that lists withheld fields, as CSV or `name: value` lines do. */
  isWithheldText(text: string): boolean
}

/** Creates the functions that withhold these names. `redact` is applied to every text that stays. */
export function createWithholder(
  names: WithheldNames,
  redact: (text: string) => string,
): Withholder {
  const hidesName = (name: string) => names.hides({ name, value: '', table: '', siblings: [] })

  function clean(value: Json, table: string, depth: number): Json {
    if (depth > maxDepth) throw new RangeError(`The answer is nested more than ${maxDepth} levels`)
    if (typeof value === 'string') return cleanText(value, table, depth)
    if (typeof value !== 'object' || value === null) return value
    return isArray(value) ? cleanArray(value, table, depth) : cleanObject(value, table, depth)
  }

  /** Cleans JSON inside a text; a text that is none stays. */
  function cleanText(text: string, table: string, depth: number): string {
    if (!/^\s*[[{]/.test(text)) return redact(text)
    const parsed = tryParse(text)
    if (parsed === undefined) return redact(text)
    const cleaned = JSON.stringify(clean(parsed, table, depth + 1))
    return cleaned === JSON.stringify(parsed) ? redact(text) : cleaned
  }

  function cleanArray(items: readonly Json[], table: string, depth: number): Json {
    // A first row of names is a header; it may also be an entry, so both are removed.
    const header = toHiddenIndexes(items[0])
    const kept = items.filter((item) => !isWithheldPair(item))
    const isTable = header.size > 0 && items.every(isArray)
    const rows = isTable ? kept.map((row) => dropIndexes(row, header)) : kept
    return rows.map((item) => clean(item, table, depth + 1))
  }

  function cleanObject(object: JsonObject, table: string, depth: number): Json {
    const entries = Object.entries(object)
    const siblings = entries.map(([name]) => name)
    const describesHidden = entries.some(
      ([name, value]) => namesField.test(name) && typeof value === 'string' && hidesName(value),
    )
    const indexes = toColumns(entries.map(([, value]) => value))
    const cleaned = entries.flatMap(([name, value]): [string, Json][] => {
      if (describesHidden && holdsValue.test(name)) return []
      if (names.hides({ name, value, table, siblings }) && !isEnvelope(name, value)) return []
      // Members of an envelope belong to what the envelope belongs to.
      const owner = names.ownerOf(name, table)
      return [[name, clean(dropColumns(value, indexes), owner, depth + 1)]]
    })
    return Object.fromEntries(cleaned)

    /** A member that is only named like its table's secrets, or like a table of secrets, and holds items, is looked into. */
    function isEnvelope(name: string, value: Json): boolean {
      if (typeof value !== 'object' || value === null) return false
      const holdsItems = isArray(value) && value.length > 0 && value.every(isObject)
      const isOfSecrets = names.hides({ name: 'zzz', value: '', table: name, siblings: [] })
      if (isOfSecrets) return holdsItems || isObject(value)
      const byTable = !names.hides({ name, value, table: '', siblings: [] })
      return byTable && depth === 0 && holdsItems && !names.isItem(table, siblings)
    }
  }

  /** Is this an entry such as `["token", "…"]`? */
  function isWithheldPair(item: Json): boolean {
    if (!isArray(item) || item.length !== 2) return false
    const [name, value] = item
    return typeof name === 'string' && !isArray(value) && hidesName(name)
  }

  /** Finds the positions of withheld names in a list of column names. */
  function toHiddenIndexes(row: Json | undefined): ReadonlySet<number> {
    if (row === undefined || !isArray(row)) return new Set()
    const columns = row.map((cell) => (isObject(cell) ? (cell['name'] ?? cell['field']) : cell))
    return new Set(
      columns.flatMap((name, index) =>
        typeof name === 'string' && hidesName(name) ? [index] : [],
      ),
    )
  }

  /** Finds lists of column names among the members of an object, by their length. */
  function toColumns(values: readonly Json[]): ReadonlyMap<number, ReadonlySet<number>> {
    const lists = values.flatMap((value) => {
      const indexes = toHiddenIndexes(value)
      if (!isArray(value) || indexes.size === 0 || !hasRows(values, value.length)) return []
      return [[value.length, indexes] as const]
    })
    return new Map(lists)
  }

  return {
    clean: (value, table) => clean(value, table, 0),
    isWithheldText(text) {
      const [first = ''] = text.trimStart().split('\n', 1)
      const cells = first.split(/[,;\t|]/).map((cell) => cell.trim().replace(/^["']|["']$/g, ''))
      if (cells.length > 1 && cells.some((cell) => cell.length < 100 && hidesName(cell)))
        return true
      const named = text.matchAll(/([\p{L}_][\p{L}\d_.-]{0,63})["']?\s*[:=]\s*\S/gu)
      return [...named].some(([, name = '']) => hidesName(name))
    },
  }
}

function hasRows(values: readonly Json[], length: number): boolean {
  return values.some(
    (value) => isArray(value) && value.some((row) => isArray(row) && row.length === length),
  )
}

function dropColumns(value: Json, columns: ReadonlyMap<number, ReadonlySet<number>>): Json {
  if (columns.size === 0 || !isArray(value)) return value
  const own = columns.get(value.length)
  if (own && value.every((cell) => typeof cell === 'string' || isObject(cell))) {
    return dropIndexes(value, own)
  }
  return value.map((row) => {
    const hidden = isArray(row) ? columns.get(row.length) : undefined
    return hidden ? dropIndexes(row, hidden) : row
  })
}

function dropIndexes(row: Json, indexes: ReadonlySet<number>): Json {
  return isArray(row) ? row.filter((_, index) => !indexes.has(index)) : row
}

function tryParse(text: string): Json | undefined {
  try {
    return parseExactJson(text)
  } catch {
    return undefined
  }
}

function isArray(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value)
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !isArray(value)
}
