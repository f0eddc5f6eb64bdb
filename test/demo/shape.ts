/**
 * What JSON must look like: the name of a type, several with `|` between, a list whose every item (and there must be one)
 * has a shape, `[]` for any list, or an object with at least these keys.
 */
export type Shape = string | readonly [] | readonly [Shape] | { readonly [key: string]: Shape }

/** Lists where a value differs from a shape, as `path: fault`. The list is empty when the value fits. */
export function findMisfits(shape: Shape, value: unknown, path = '$'): string[] {
  if (typeof shape === 'string') {
    return shape.split('|').includes(typeOf(value))
      ? []
      : [`${path}: ${typeOf(value)}, not ${shape}`]
  }
  if (Array.isArray(shape)) return findListMisfits(shape as readonly Shape[], value, path)
  if (typeOf(value) !== 'object') return [`${path}: ${typeOf(value)}, not an object`]
  return Object.entries(shape).flatMap(([key, inner]) =>
    Object.hasOwn(value as object, key)
      ? findMisfits(inner as Shape, (value as Record<string, unknown>)[key], `${path}.${key}`)
      : [`${path}.${key}: missing`],
  )
}

function findListMisfits([item]: readonly Shape[], value: unknown, path: string): string[] {
  if (!Array.isArray(value)) return [`${path}: ${typeOf(value)}, not a list`]
  if (item === undefined) return []
  if (value.length === 0) return [`${path}: an empty list proves nothing`]
  return value.flatMap((one, index) => findMisfits(item, one, `${path}[${index}]`))
}

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'list' : typeof value
}
