import { useState } from 'preact/hooks'
import { texts } from '../texts.ts'
import { Button } from './button.tsx'

/**
 * Characters that do not show themselves: controls and escapes, marks of direction, zero-width ones, tags. Joiners are left
 * alone after letters and emoji that need them.
 */
const unseen = /(?![\t\n])(?!(?<=[\u0080-\u{10ffff}])[\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/** How many characters of a text are shown before a click. */
const shownFirst = 20_000

/** Splits a text into parts that can be shown as they are and names of characters that do not show themselves. */
export function splitUnseen(text: string): { readonly text: string; readonly isName: boolean }[] {
  const parts: { text: string; isName: boolean }[] = []
  let at = 0
  for (const { 0: found, index } of text.matchAll(unseen)) {
    if (index > at) parts.push({ text: text.slice(at, index), isName: false })
    const code = (found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
    parts.push({ text: code === '001B' ? 'ESC' : `U+${code}`, isName: true })
    at = index + found.length
  }
  if (at < text.length) parts.push({ text: text.slice(at), isName: false })
  return parts
}

/** Text of unknown origin on one line, such as the name of a tool: nothing in it can hide or turn what stands beside it. */
export function Name({ text, max = 200 }: { readonly text: string; readonly max?: number }) {
  return (
    <bdi class="name" title={text.length > max ? text.slice(0, 2_000) : undefined}>
      <SafeText text={text.length > max ? `${text.slice(0, max)}…` : text} />
    </bdi>
  )
}

/** Text of unknown origin as it is, with its line ends. A long one is shown up to a limit, and whole after a click. */
export function PlainText({
  text,
  code = false,
}: {
  readonly text: string
  readonly code?: boolean
}) {
  const [isWhole, setWhole] = useState(false)
  const isCut = !isWhole && text.length > shownFirst
  return (
    <>
      <div class={code ? 'plain code' : 'plain'} dir="auto">
        <SafeText text={isCut ? text.slice(0, shownFirst) : text} />
      </div>
      {isCut && (
        <Button kind="bare" onClick={() => setWhole(true)}>
          {texts.showAll} ({texts.characters(text.length)})
        </Button>
      )}
    </>
  )
}

/** Text of unknown origin within a line: characters that do not show themselves are named. */
export function SafeText({ text }: { readonly text: string }) {
  const parts = splitUnseen(text)
  return (
    <>
      {parts.map((part, index) =>
        part.isName ? (
          <span key={index} class="unseen-name">
            {part.text}
          </span>
        ) : (
          part.text
        ),
      )}
    </>
  )
}
