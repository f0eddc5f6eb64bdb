/** Guesses a model's name from its table: singular of the last word, PascalCase (`blog_posts` → `BlogPost`). */
export function toModelName(table: string): string {
  const words = table.split(/[^A-Za-z0-9]+/).filter(Boolean)
  const last = words.length - 1
  return words.map((word, index) => capitalize(index === last ? toSingular(word) : word)).join('')
}

/** Guesses a table's name from its model: snake_case, plural (`BlogPost` → `blog_posts`). */
export function toTableName(model: string): string {
  return toPlural(model.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_').toLowerCase())
}

function toSingular(word: string): string {
  if (/[^aeiou]ies$/i.test(word)) return `${word.slice(0, -3)}y`
  if (/(ss|sh|ch|x|z)es$/i.test(word)) return word.slice(0, -2)
  return /[^sui]s$/i.test(word) ? word.slice(0, -1) : word
}

function toPlural(word: string): string {
  if (/[^aeiou]y$/.test(word)) return `${word.slice(0, -1)}ies`
  return /(s|sh|ch|x|z)$/.test(word) ? `${word}es` : `${word}s`
}

function capitalize(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}

/** Guesses from its name that a field holds a secret: `password_hash`, `apiKey`, `session_token`; not `token_count`. */
export function isSecretName(field: string): boolean {
  const words = field.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_').toLowerCase()
  return /(^|_)(password|passwd|passphrase|secret|token|api_?key|private_?key)(_(hash|digest|salt))?$/.test(
    words,
  )
}
