import { isSecretName } from '../../lib/secret-names.ts'

/** Longest text of a statement that is shown, in characters. */
const maxCharacters = 1_000

/**
 * Returns the text of a statement that reads or writes rows, without comments, texts and numbers; null for any other statement,
 * such as one that sets a password, and for one that mentions what clients may not see.
 */
export function toShownStatement(text: string, isHidden: (text: string) => boolean): string | null {
  const plain = text
    .replaceAll(/--[^\n]*|\/\*[\s\S]*?\*\//g, ' ')
    .replaceAll(/\$(\w*)\$[\s\S]*?\$\1\$|[eE]?'(?:[^'\\]|''|\\[\s\S])*'/g, '?')
    .replaceAll(/(?<![\w$.])\d+(?:\.\d+)?\b/g, '?')
    .replaceAll(/\s+/g, ' ')
    .trim()
  if (!/^(select|with|insert|update|delete|merge|values|table)\b/i.test(plain)) return null
  if (plain.includes("'") || isHidden(plain)) return null
  const words = plain.match(/[\w$]+/g) ?? []
  if (words.some((word) => isSecretName(word, {}))) return null
  return plain.length > maxCharacters ? `${plain.slice(0, maxCharacters)}…` : plain
}
