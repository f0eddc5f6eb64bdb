import { toBase64 } from '../files/base64.ts'

/**
 * Encodes what a tool returned as JSON text, with everything that it holds: maps and sets by their entries, errors by their
 * message, big integers and numbers that JSON lacks as text, bytes as base64.
 *
 * @throws TypeError that names the place of a value that JSON cannot hold, such as a function, a promise or a cycle.
 */
export function toWholeJson(value: unknown): string {
  return JSON.stringify(toPlain(value, { path: '', parents: new Set() }))
}

/** Where a value stands: its path for messages, and the objects around it. */
interface Place {
  readonly path: string
  readonly parents: Set<object>
}

function toPlain(value: unknown, place: Place): unknown {
  switch (typeof value) {
    case 'bigint':
      return value.toString()
    case 'number':
      return Number.isFinite(value) ? value : String(value)
    case 'function':
    case 'symbol':
      throw refuse(place, `a ${typeof value}`)
    case 'object':
      return value === null ? null : enter(value, place)
    default:
      return value
  }
}

/** Converts an object once: an object inside of itself has no JSON. */
function enter(value: object, place: Place): unknown {
  if (place.parents.has(value)) throw refuse(place, 'a reference to itself')
  place.parents.add(value)
  try {
    return fromObject(value, place)
  } finally {
    place.parents.delete(value)
  }
}

/** More entries than this are no result but an iterator without an end. */
const maxEntries = 100_000

function fromObject(value: object, place: Place): unknown {
  if (Array.isArray(value)) return value.map((member, index) => at(member, index, place))
  const tag = tagOf(value)
  const special = fromTag(value, tag, place)
  if (special !== undefined) return special.json
  if ('then' in value && typeof value.then === 'function') {
    Promise.resolve(value).catch(() => {}) // its rejection would end the process
    throw refuse(place, 'a promise; await it')
  }
  if ('toJSON' in value && typeof value.toJSON === 'function') {
    return toPlain(value.toJSON(), place)
  }
  if (Symbol.iterator in value) return fromEntries(value as Iterable<unknown>, place)
  if (Symbol.asyncIterator in value || 'getReader' in value) throw refuse(place, 'a stream')
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  if (members.length === 0 && !isPlain(value)) throw refuse(place, `a ${tag} without fields`)
  return Object.fromEntries(members.map(([key, member]) => [key, at(member, key, place)]))
}

/** Not `instanceof`: values may come from another realm. */
function tagOf(value: object): string {
  return Object.prototype.toString.call(value).slice(8, -1)
}

function fromTag(value: object, tag: string, place: Place): { readonly json: unknown } | undefined {
  if (value instanceof Error || tag === 'Error' || tag === 'DOMException') {
    return { json: fromError(value as Error, place) }
  }
  if (ArrayBuffer.isView(value) || tag === 'ArrayBuffer' || tag === 'SharedArrayBuffer') {
    return { json: fromBytes(value, tag) }
  }
  if (tag === 'Map' && value instanceof Map) return { json: fromMap(value, place) }
  if (tag === 'Date') {
    const time = Number(value)
    return { json: Number.isNaN(time) ? 'Invalid Date' : new Date(time).toISOString() }
  }
  const isBoxed = tag === 'Number' || tag === 'String' || tag === 'Boolean' || tag === 'BigInt'
  if (isBoxed) return { json: toPlain(value.valueOf(), place) }
  return tag === 'RegExp' ? { json: String(value) } : undefined
}

function fromError(error: Error, place: Place): unknown {
  const { name, message, cause } = error
  const own = Object.entries(error).filter(([key]) => key !== 'stack')
  const members = Object.fromEntries(own.map(([key, member]) => [key, at(member, key, place)]))
  return {
    name: String(name),
    message: String(message),
    ...members,
    ...(cause === undefined ? {} : { cause: at(cause, 'cause', place) }),
  }
}

/** Numbers stay numbers; plain bytes become base64 text. */
function fromBytes(value: object, tag: string): unknown {
  if (/^(?:Int|Uint(?!8Array)|Uint8Clamped|Float|Big)\w*Array$/.test(tag)) {
    return [...(value as Iterable<number | bigint>)].map((item) =>
      typeof item === 'bigint' ? item.toString() : Number.isFinite(item) ? item : String(item),
    )
  }
  return toBase64(toBytes(value as ArrayBuffer | ArrayBufferView))
}

/** Returns the bytes of a buffer or a view, without a copy. */
export function toBytes(value: ArrayBuffer | ArrayBufferView): Uint8Array {
  return ArrayBuffer.isView(value)
    ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
    : new Uint8Array(value)
}

/** A map with text keys is an object, any other a list of pairs. */
function fromMap(map: ReadonlyMap<unknown, unknown>, place: Place): unknown {
  const entries = [...map]
  if (!entries.every(([key]) => typeof key === 'string')) return fromEntries(entries, place)
  return Object.fromEntries(entries.map(([key, member]) => [key, at(member, key, place)]))
}

function fromEntries(entries: Iterable<unknown>, place: Place): unknown[] {
  const items: unknown[] = []
  for (const entry of entries) {
    if (items.length === maxEntries) throw refuse(place, `more than ${maxEntries} entries`)
    items.push(at(entry, items.length, place))
  }
  return items
}

function at(member: unknown, key: unknown, { path, parents }: Place): unknown {
  return toPlain(member, { path: path === '' ? String(key) : `${path}.${String(key)}`, parents })
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

function refuse({ path }: Place, what: string): TypeError {
  const where = path === '' ? 'The result' : `The result holds at "${path.slice(0, 200)}"`
  return new TypeError(path === '' ? `${where} is ${what}` : `${where} ${what}`)
}
