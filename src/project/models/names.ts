/** Derives a model name from a table name: PascalCase, with the last word in the singular (`blog_posts` → `BlogPost`). */
export function toModelName(table: string): string {
  const words = table.split(/[^A-Za-z0-9]+/).filter(Boolean)
  const last = words.length - 1
  return words.map((word, index) => capitalize(index === last ? toSingular(word) : word)).join('')
}

/** Derives a table name from a model name: snake_case, with the last word in the plural (`BlogPost` → `blog_posts`). */
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
