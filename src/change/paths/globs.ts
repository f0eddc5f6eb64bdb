/**
 * Makes a test of paths from patterns: `*` is any text within a segment, `?` one character of it, `**` any number of segments,
 * `{a,b}` one of some texts. Letters must match exactly.
 *
 * @throws TypeError for a pattern that is empty, absolute, negated, or has `..`, a backslash or an unclosed brace.
 */
export function toPathTest(patterns: readonly string[]): (path: string) => boolean {
  const tests = patterns.map(toRegExp)
  return (path) => tests.some((test) => test.test(path))
}

function toRegExp(pattern: string): RegExp {
  const isPlain = typeof pattern === 'string' && /^[^/\\!\p{C}][^\\\p{C}]*$/u.test(pattern)
  const segments = isPlain ? pattern.normalize('NFC').split('/') : []
  if (
    segments.length === 0 ||
    segments.some((each) => each === '' || each === '..' || each === '.')
  ) {
    throw new TypeError(`"${pattern}" is not a pattern of paths such as "src/models/**"`)
  }
  const parts = segments.map((segment, index) => {
    const isLast = index === segments.length - 1
    if (segment === '**') return isLast ? '.+' : '(?:[^/]+/)*'
    return toSegment(segment, pattern) + (isLast ? '' : '/')
  })
  return new RegExp(`^${parts.join('')}$`, 'su')
}

function toSegment(segment: string, pattern: string): string {
  let depth = 0
  const source = [...segment].map((character) => {
    if (character === '*') return '[^/]*'
    if (character === '?') return '[^/]'
    if (character === '{') return ++depth === 1 ? '(?:' : fail(pattern)
    if (character === '}') return depth-- === 1 ? ')' : fail(pattern)
    if (character === ',' && depth > 0) return '|'
    return character.replace(/[.+^$()|[\]\\/]/, '\\$&')
  })
  return depth === 0 ? source.join('').replaceAll(/(?:\[\^\/\]\*)+/g, '[^/]*') : fail(pattern)
}

function fail(pattern: string): never {
  throw new TypeError(`"${pattern}" has braces that are nested or not closed`)
}
