import { CopyButton } from './button.tsx'
import { SafeText } from './plain-text.tsx'

/** Comments, texts, quoted names, words and numbers; everything else stays as it is. */
const token =
  /(--[^\n]*|\/\*[\s\S]*?\*\/)|('(?:[^']|'')*'|\$(\w*)\$[\s\S]*?\$\3\$)|("(?:[^"]|"")*")|([A-Za-z_]\w*)|(\d[\d.]*)/g

const keywords = new Set(
  (
    'add all alter always analyze and any array as asc before after begin between by cascade case check cluster collate column comment ' +
    'commit concurrently constraint create current_date current_timestamp cycle database default deferrable deferred delete desc disable distinct do domain ' +
    'drop each else enable end enum except exclude execute exists extension extract false for foreign from function generated grant group ' +
    'having identity if ilike in index inherits initially inner insert into is join key left like limit lock materialized no not null nulls ' +
    'of offset on only or order outer over owned partition permissive policy primary procedure public references refresh reindex rename replace ' +
    'restrict restrictive returning returns revoke right role row rows schema security select sequence set setval stored table temporary then ' +
    'to trigger true truncate type union unique update using vacuum valid validate values view when where with without'
  ).split(' '),
)

/** Longer statements are shown without colors, so that a huge one does not make millions of elements. */
const longest = 60_000

/** A statement in SQL with its parts in color, and a button that copies it. */
export function Sql({ text, label }: { readonly text: string; readonly label?: string }) {
  return (
    <div class="code-block sql">
      <CopyButton text={text} {...(label === undefined ? {} : { label })} />
      <code tabIndex={0} dir="ltr">
        {text.length > longest ? <SafeText text={text} /> : split(text).map(toElement)}
      </code>
    </div>
  )
}

interface SqlPart {
  readonly text: string
  readonly kind: 'plain' | 'note' | 'text' | 'name' | 'word' | 'number'
}

function split(sql: string): SqlPart[] {
  const parts: SqlPart[] = []
  let at = 0
  for (const found of sql.matchAll(token)) {
    const [text, note, literal, , name, word] = found
    if (found.index > at) parts.push({ text: sql.slice(at, found.index), kind: 'plain' })
    parts.push({ text, kind: kindOf({ note, literal, name, word }) })
    at = found.index + text.length
  }
  if (at < sql.length) parts.push({ text: sql.slice(at), kind: 'plain' })
  return parts
}

function kindOf(groups: {
  readonly note: string | undefined
  readonly literal: string | undefined
  readonly name: string | undefined
  readonly word: string | undefined
}): SqlPart['kind'] {
  if (groups.note !== undefined) return 'note'
  if (groups.literal !== undefined) return 'text'
  if (groups.name !== undefined) return 'name'
  if (groups.word === undefined) return 'number'
  return keywords.has(groups.word.toLowerCase()) ? 'word' : 'plain'
}

function toElement({ text, kind }: SqlPart, index: number) {
  return kind === 'plain' ? (
    <SafeText key={index} text={text} />
  ) : (
    <span key={index} class={`sql-${kind}`}>
      <SafeText text={text} />
    </span>
  )
}
