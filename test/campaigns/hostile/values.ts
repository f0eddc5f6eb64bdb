import { hostileTexts } from '../../support/hostile-inputs.ts'
import type { Random } from '../random.ts'

/** Returns a JSON document that is nested `depth` levels deep. */
function nested(depth: number, open = '[', close = ']'): string {
  return open.repeat(depth) + (open === '[' ? '' : '1') + close.repeat(depth)
}

const odd: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e308,
  -0.5e-9,
  2 ** 53 + 2,
  2 ** 31,
  -(2 ** 63),
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\ud800',
  'x\udc00y',
  '\ufeff',
  '\u202e',
  'é'.repeat(1_000),
  'x'.repeat(70_000),
  '1970-01-01T00:00:00.000Z',
  '275760-09-13T00:00:00.001Z',
  '-271821-04-19T23:59:59.999Z',
  'NaN',
  'Infinity',
  '0x10',
  '1e3',
  [],
  {},
  [[]],
  [null],
  { constructor: 1 },
  { toString: null },
  { length: 1e9 },
  Array.from({ length: 5_000 }, (_, index) => index),
  Object.fromEntries(Array.from({ length: 2_000 }, (_, index) => [`k${index}`, index])),
]

/** Draws a text that tries to escape from the place it is used in. */
export function drawText(random: Random): string {
  const drawn = random.chance(0.6)
    ? random.pick(hostileTexts)
    : random.pick(odd.filter((value) => typeof value === 'string'))
  return random.chance(0.1) ? drawn.repeat(random.between(2, 40)).slice(0, 200_000) : drawn
}

/** Draws a value of any type. */
export function drawValue(random: Random): unknown {
  if (random.chance(0.4)) return drawText(random)
  return random.pick(odd)
}

/** Changes a JSON value in one to three places: other types, missing and unknown keys, `__proto__`, copies. */
export function mutate(random: Random, value: unknown): unknown {
  let changed = structuredClone(value)
  for (let count = random.chance(0.7) ? 1 : 3; count > 0; count--)
    changed = mutateOnce(random, changed)
  return changed
}

function mutateOnce(random: Random, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || random.chance(0.25)) return drawValue(random)
  if (Array.isArray(value)) {
    const items: unknown[] = value
    const index = random.between(0, items.length)
    return items.toSpliced(index, random.between(0, 1), mutateOnce(random, items[index]))
  }
  const entries = Object.entries(value)
  if (entries.length === 0 || random.chance(0.15)) {
    return {
      ...value,
      [random.pick(['__proto__', 'constructor', drawText(random).slice(0, 300)])]:
        drawValue(random),
    }
  }
  const [key, member] = random.pick(entries)
  if (random.chance(0.15)) return Object.fromEntries(entries.filter(([name]) => name !== key))
  return { ...value, [key]: mutateOnce(random, member) }
}

type Break = (text: string, random: Random) => string | Uint8Array

const breaks: readonly Break[] = [
  (text, random) => text.slice(0, random.between(0, text.length)),
  (_, random) => nested(random.between(150, 60_000)),
  (_, random) => nested(random.between(150, 30_000), '{"a":', '}'),
  () => `{"__proto__":{"admin":true},"a":1,"a":${nested(300)}}`,
  (text) => `\ufeff${text}`,
  (text, random) =>
    Uint8Array.from(encode(text), (byte) => (random.chance(0.02) ? random.between(0, 255) : byte)),
  (_, random) => new Uint8Array(random.between(0, 40)).map(() => random.between(0, 255)),
  (text) => new Uint8Array(Buffer.from(text, 'utf16le')),
  (text) => text + text,
  (_, random) => `"${'x'.repeat(random.between(1, 1_300_000))}"`,
  () => `[${'1e999,'.repeat(50)}${'9'.repeat(400)}]`,
]

/** Returns the bytes of a JSON text that is broken in some way. */
export function drawBrokenBody(random: Random, value: unknown): Uint8Array {
  const broken = random.pick(breaks)(JSON.stringify(value) ?? '', random)
  return typeof broken === 'string' ? encode(broken) : broken
}

/** Encodes a text as UTF-8. */
export function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
