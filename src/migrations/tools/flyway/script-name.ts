import { crc32 } from './crc32.ts'
import { compareText } from '../../../lib/text.ts'

/** The parts of a script's name that Flyway uses. */
export interface FlywayFile {
  /** Path without `.sql`. */
  readonly name: string
  readonly path: string
  /** A `baseline` script replaces all versions up to its own. */
  readonly kind: 'versioned' | 'repeatable' | 'baseline'
  /** The version without leading zeros, parts separated by dots; null for a repeatable script. */
  readonly version: string | null
  readonly description: string
}

/** Parses the path of a script; returns null for undo scripts and other files. */
export function toFlywayFile(path: string): FlywayFile | null {
  const [, prefix, number, slug = ''] =
    /(?:^|\/)(?:([VB])(\d+(?:[._]\d+)*)|R)(?:__([^/]*))?\.sql$/.exec(path) ?? []
  const isRepeatable = /(?:^|\/)R__[^/]*\.sql$/.test(path)
  if (!isRepeatable && number === undefined) return null
  return {
    name: path.replace(/\.sql$/, ''),
    path,
    kind: isRepeatable ? 'repeatable' : prefix === 'B' ? 'baseline' : 'versioned',
    version: number === undefined ? null : toFlywayVersion(number),
    description: slug.replaceAll('_', ' '),
  }
}

/** Normalises a version, so that equal ones are spelled alike: `1.0`, `01` and `1`. */
export function toFlywayVersion(text: string): string {
  const parts = text.split(/[._]/).map((part) => part.replace(/^0+(?=\d)/, ''))
  while (parts.length > 1 && parts.at(-1) === '0') parts.pop()
  return parts.join('.')
}

/** Compares two versions part by part, as numbers. */
export function compareVersions(a: string, b: string): number {
  const [x, y] = [a.split('.'), b.split('.')]
  for (let index = 0; index < Math.max(x.length, y.length); index++) {
    const [left = '0', right = '0'] = [x[index], y[index]]
    const order = left.length - right.length || compareText(left, right)
    if (order !== 0) return order
  }
  return 0
}

/** Compares files in the order of Flyway: baselines and versions by number, then repeatable ones by description. */
export function compareFiles(a: FlywayFile, b: FlywayFile): number {
  if (a.version === null || b.version === null) {
    const order = Number(a.version === null) - Number(b.version === null)
    return order || compareText(a.description, b.description)
  }
  return compareVersions(a.version, b.version) || compareText(a.name, b.name)
}

/** Returns Flyway's checksum of a script: the CRC-32 of its lines without line ends. */
export function toFlywayChecksum(text: string): number {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/)
  const encoder = new TextEncoder()
  return crc32(lines.map((line) => encoder.encode(line)))
}
