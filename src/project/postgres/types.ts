import { arrayOf, unionOf } from '../type-text.ts'

const names: Readonly<Record<string, readonly string[]>> = {
  number: ['int2', 'int4', 'float4', 'float8', 'oid'],
  boolean: ['bool'],
  Date: ['date', 'timestamp', 'timestamptz'],
  unknown: ['json', 'jsonb'],
  Uint8Array: ['bytea'],
}

const typeScript = new Map(
  Object.entries(names).flatMap(([name, types]) => types.map((type) => [type, name])),
)

/**
 * Returns the TypeScript type of a base type in postgres.js, which returns `int8` and `numeric` as `string`.
 *
 * @param dimensions How many dimensions an array has, 0 for a single value. PostgreSQL does not enforce the number.
 */
export function toTypeScript(base: string, dimensions: number, labels: readonly string[]): string {
  const single = labels.length > 0 ? unionOf(labels) : (typeScript.get(base) ?? 'string')
  return arrayOf(single, dimensions)
}

/** Returns the maximum length that a type modifier allows, in characters; null without a limit. */
export function toMaxLength(base: string, modifier: number): number | null {
  return (base === 'varchar' || base === 'bpchar') && modifier > 4 ? modifier - 4 : null
}
