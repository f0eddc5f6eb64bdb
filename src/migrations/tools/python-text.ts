/**
 * Returns the expression that a Python source assigns to a name at the start of a line, at any indentation, without comments: a
 * bracketed expression, or the rest of the line. Null without an assignment. The source is read, never run.
 */
export function readAssignment(text: string, name: string): string | null {
  const start = new RegExp(`^[ \\t]*${name}[ \\t]*(?::[^=\\n]+)?=(?!=)[ \\t]*`, 'm').exec(
    hideDocstrings(text),
  )
  if (!start) return null
  let depth = 0
  let value = ''
  const token = /'''[^]*?'''|"""[^]*?"""|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|#[^\n]*|[^]/g
  token.lastIndex = start.index + start[0].length
  for (let match = token.exec(text); match; match = token.exec(text)) {
    const [part] = match
    if (part.startsWith('#')) continue
    if (part === '\n' && depth === 0) break
    if (/^[([{]$/.test(part)) depth += 1
    if (/^[)\]}]$/.test(part)) depth -= 1
    value += part
  }
  return value.trim()
}

/** Returns the strings in an expression, in order. */
export function readStrings(expression: string | null): string[] {
  const strings = (expression ?? '').matchAll(/(['"])((?:(?!\1).)*)\1/g)
  return [...strings].map(([, , text = '']) => text)
}

/** Returns the pairs of strings in an expression, such as `('a', 'b')`. */
export function readPairs(expression: string | null): [string, string][] {
  const pairs = (expression ?? '').matchAll(
    /\(\s*(['"])([^'"]*)\1\s*,\s*(['"])([^'"]*)\3\s*,?\s*\)/g,
  )
  return [...pairs].map(([, , first = '', , second = '']) => [first, second])
}

// What a docstring says becomes blanks, so that every other character keeps its place.
function hideDocstrings(text: string): string {
  return text.replace(/^([ \t]*)[ru]?("""[^]*?"""|'''[^]*?''')/gim, (whole) =>
    whole.replace(/[^\n]/g, ' '),
  )
}
