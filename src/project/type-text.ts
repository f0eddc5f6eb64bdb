/** Writes a text as a string literal of TypeScript: on one line, with everything escaped that could end it. */
export function quoteText(text: string): string {
  return `'${text.replace(/[\\'\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/gu, escapeUnit)}'`
}

function escapeUnit(unit: string): string {
  if (unit === '\\' || unit === "'") return `\\${unit}`
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/** Writes the union of texts, which is `never` without any. */
export function unionOf(texts: readonly string[]): string {
  return texts.length > 0 ? texts.map(quoteText).join(' | ') : 'never'
}

/** Writes the type of an array of so many dimensions; 0 leaves the type as it is. */
export function arrayOf(type: string, dimensions: number): string {
  if (dimensions === 0) return type
  return (type.includes(' ') ? `(${type})` : type) + '[]'.repeat(dimensions)
}
