import type { CatalogColumn } from '../../project/catalog/catalog.ts'
import { type ArrayItem, parseArrayLiteral } from './array-literals.ts'
import { toCanonicalValue } from './canonical-values.ts'
import { compareExpressions } from './expressions.ts'
import { type DefaultNode, parseDefault } from './parse-default.ts'

/** The part of a column that decides which texts are one value. */
export type ValueType = Pick<CatalogColumn, 'baseType' | 'isArray' | 'enum'>

const none: DefaultNode = { kind: 'null' }

/**
 * Returns true when two defaults of a column, written in SQL, differ for certain. What only the server can compare counts as
 * equal, and `NULL` counts as no default. (docs/decisions/035-drift-is-certain.md)
 */
export function isOtherDefault(
  declared: string | null,
  actual: string | null,
  type: ValueType,
): boolean {
  if (declared === actual) return false
  const [left, right] = [toNode(declared), toNode(actual)]
  if (left.kind === 'null' || right.kind === 'null') return left.kind !== right.kind
  if (isValue(left) && isValue(right)) return isOtherValue(left, right, type)
  if (left.kind === 'call' && right.kind === 'call') return isOtherCall(left, right)
  if (isValue(left)) return isCall(right) // PostgreSQL keeps a call as it is
  if (isValue(right)) return left.kind === 'call'
  return compareExpressions(declared ?? '', actual ?? '') === 'different'
}

/** Returns true when a value in JavaScript, as text, and a default in SQL differ for certain. */
export function isOtherScriptValue(value: string, actual: string, type: ValueType): boolean {
  const right = parseDefault(actual)
  return isValue(right) && isOtherValue(toScriptNode(value, type), right, type)
}

function toNode(sql: string | null): DefaultNode {
  return sql === null ? none : parseDefault(sql)
}

function toScriptNode(text: string, { isArray }: ValueType): DefaultNode {
  if (!isArray) return { kind: 'value', text }
  try {
    const parsed: unknown = JSON.parse(text)
    return Array.isArray(parsed) ? toItemNode(parsed) : { kind: 'value', text }
  } catch {
    return { kind: 'value', text }
  }
}

function toItemNode(item: unknown): DefaultNode {
  if (item === null) return none
  if (Array.isArray(item)) return { kind: 'array', items: item.map(toItemNode) }
  return { kind: 'value', text: typeof item === 'string' ? item : JSON.stringify(item) }
}

type ValueNode = Extract<DefaultNode, { kind: 'value' | 'array' }>

function isValue(node: DefaultNode): node is ValueNode {
  return node.kind === 'value' || node.kind === 'array'
}

function isCall(node: DefaultNode): boolean {
  return node.kind === 'call' || (node.kind === 'expression' && node.isCall)
}

function isOtherValue(left: DefaultNode, right: DefaultNode, type: ValueType): boolean {
  if (left.kind === 'value' && right.kind === 'value' && left.text === right.text) return false
  const [one, other] = [toCanonical(left, type), toCanonical(right, type)]
  return one !== null && other !== null && one !== other && isComparable(one, other)
}

// A moment with a time zone and one without cannot be compared: the setting of a session lies between them.
function isComparable(one: string, other: string): boolean {
  return one.startsWith('local ') === other.startsWith('local ')
}

function toCanonical(node: DefaultNode, type: ValueType): string | null {
  if (!type.isArray) return node.kind === 'value' ? toScalar(node.text, type) : null
  const items = node.kind === 'value' ? parseArrayLiteral(node.text) : toItems(node)
  const known = items && canonicalItems(items, type)
  return known && JSON.stringify(known)
}

// drizzle-kit doubles a backslash, so two texts that differ in nothing else count as one.
function toScalar(text: string, type: ValueType): string | null {
  const known = type.enum ? text : toCanonicalValue(type.baseType, text)
  return known && known.replace(/\\+/g, '\\')
}

function toItems(node: DefaultNode): readonly ArrayItem[] | null {
  if (node.kind !== 'array') return null
  const items: ArrayItem[] = []
  for (const item of node.items) {
    if (item.kind === 'null') items.push(null)
    else if (item.kind === 'value') items.push(item.text)
    else {
      const nested = toItems(item)
      if (!nested) return null
      items.push(nested)
    }
  }
  return items
}

function canonicalItems(items: readonly ArrayItem[], type: ValueType): readonly ArrayItem[] | null {
  const known: ArrayItem[] = []
  for (const item of items) {
    // drizzle-kit writes the text `null` without quotes, which is NULL
    if (item === null || (typeof item === 'string' && /^null$/i.test(item))) {
      known.push(null)
      continue
    }
    const one = typeof item === 'string' ? toScalar(item, type) : canonicalItems(item, type)
    if (one === null) return null
    known.push(one)
  }
  return known
}

type CallNode = Extract<DefaultNode, { kind: 'call' }>

const synonyms: Readonly<Record<string, string>> = {
  current_timestamp: 'now',
  transaction_timestamp: 'now',
  localtimestamp: 'now',
  current_role: 'current_user',
  user: 'current_user',
  uuidv4: 'gen_random_uuid',
}

// A name without a schema is found through the search path, so it can be the function of any schema.
function isOtherCall(left: CallNode, right: CallNode): boolean {
  const [one, other] = [synonyms[left.name] ?? left.name, synonyms[right.name] ?? right.name]
  if (one !== other) return true
  const isBuiltIn = (schema: string | null) => schema === null || schema === 'pg_catalog'
  if (isBuiltIn(left.schema) || isBuiltIn(right.schema)) return false
  return left.schema !== right.schema
}
