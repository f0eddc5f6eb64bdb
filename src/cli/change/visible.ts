/** Everything that moves a cursor, turns a line around or hides: controls, formats, separators. Line ends and tabs stay. */
const hidden = /(?![\t\n])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/** Replaces characters that a terminal obeys or does not show by their names, such as `<U+001B>`. */
export function toVisible(text: string): string {
  return text.replace(hidden, (found) => `<U+${toHex(found)}>`)
}

/** Prints JSON in which a terminal finds nothing to obey; every parser reads the same value. */
export function toSafeJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(hidden, (found) =>
    Array.from({ length: found.length }, (_, index) => {
      return `\\u${found.charCodeAt(index).toString(16).padStart(4, '0')}`
    }).join(''),
  )
}

function toHex(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
}

const codes = { bold: 1, quiet: 2, bad: 31, good: 32, wait: 33, place: 36 } as const

/** Writes a text of unknown origin in a color where the output has colors. The text itself has no say in it. */
export type Paint = (color: keyof typeof codes | null, text: string) => string

/** Returns the function that colors texts, or one that only makes them visible. */
export function createPaint(hasColors: boolean): Paint {
  return (color, text) => {
    const visible = toVisible(text)
    return hasColors && color !== null ? `\u001b[${codes[color]}m${visible}\u001b[0m` : visible
  }
}
