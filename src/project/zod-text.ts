/** What a schema of zod says of the values of a column. */
interface ZodValue {
  /** The TypeScript type: a name, an array of one, or a union of string literals. */
  readonly tsType: string
  readonly maxLength: number | null
  readonly nullable: boolean
}

const plain: Readonly<Record<string, string>> = {
  string: 'z.string()',
  number: 'z.number()',
  bigint: 'z.bigint()',
  boolean: 'z.boolean()',
  Date: 'z.date()',
  Uint8Array: 'z.instanceof(Uint8Array)',
  unknown: 'z.unknown()',
}

/** Writes the schema of zod for the values of a column, with `z` as the name of zod. */
export function toZodText({ tsType, maxLength, nullable }: ZodValue): string {
  const limit = tsType === 'string' && maxLength !== null ? `.max(${maxLength})` : ''
  return toSchema(tsType) + limit + (nullable ? '.nullable()' : '')
}

function toSchema(type: string): string {
  if (type.endsWith('[]')) return `z.array(${toSchema(stripParens(type.slice(0, -2)))})`
  const labels = toLabels(type)
  // an enum of zod is an object, in which `__proto__` is no key
  if (labels)
    return `z.${labels.includes("'__proto__'") ? 'literal' : 'enum'}([${labels.join(', ')}])`
  return Object.hasOwn(plain, type) ? (plain[type] ?? '') : 'z.unknown()'
}

function stripParens(type: string): string {
  return type.startsWith('(') && type.endsWith(')') ? type.slice(1, -1) : type
}

/** Returns the labels of `'a' | 'b'` with their quotes and escapes; null for any other type. */
function toLabels(type: string): string[] | null {
  const label = /'(?:[^'\\]|\\.)*'/g
  return type.replace(label, '').replace(/[|\s]/g, '') === '' ? type.match(label) : null
}
