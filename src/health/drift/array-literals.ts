/** An element of an array literal: a text, NULL, or an array. */
export type ArrayItem = string | null | readonly ArrayItem[]

/** Reads the text of an array, such as `{"a b",NULL,{1,2}}`; null for any other text. */
export function parseArrayLiteral(literal: string): readonly ArrayItem[] | null {
  // `[0:1]={a,b}` states the bounds, which two defaults of one column hardly ever differ in
  const text = literal.trim().replace(/^(?:\[[-\d:]+\])+=/, '')
  const position = { at: 0 }
  const items = readItems(text, position)
  return items && position.at === text.length ? items : null
}

function readItems(text: string, position: { at: number }): readonly ArrayItem[] | null {
  if (text[position.at] !== '{') return null
  position.at++
  const items: ArrayItem[] = []
  skipSpace(text, position)
  if (text[position.at] === '}') {
    position.at++
    return items
  }
  for (;;) {
    skipSpace(text, position)
    const item = text[position.at] === '{' ? readItems(text, position) : readItem(text, position)
    if (item === undefined || (item === null && text[position.at - 1] === '{')) return null
    items.push(item)
    skipSpace(text, position)
    const mark = text[position.at++]
    if (mark === '}') return items
    if (mark !== ',') return null
  }
}

function readItem(text: string, position: { at: number }): string | null | undefined {
  const pattern = /"((?:[^"\\]|\\[\s\S])*)"|((?:[^",{}\\]|\\[\s\S])+)/y
  pattern.lastIndex = position.at
  const match = pattern.exec(text)
  if (!match) return undefined
  position.at += match[0].length
  const [, quoted, bare = ''] = match
  if (quoted !== undefined) return quoted.replace(/\\([\s\S])/g, '$1')
  const word = bare.trim()
  return word.toLowerCase() === 'null' ? null : word.replace(/\\([\s\S])/g, '$1')
}

function skipSpace(text: string, position: { at: number }): void {
  while (/\s/.test(text[position.at] ?? '')) position.at++
}
