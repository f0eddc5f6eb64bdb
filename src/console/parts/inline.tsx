import type { ComponentChildren } from 'preact'
import { texts } from '../texts.ts'
import { Icon } from './icon.tsx'
import { SafeText } from './plain-text.tsx'

/** Emphasis and links in each other are parsed this deep; what is deeper is text. */
const deepest = 5

// Every repetition has a limit, so that no text takes quadratic time.
const codeSpan = /(`{1,8})([^\n]{1,4000}?)(?<!`)\1(?!`)/y
const linked =
  /(!?)\[([^[\]\n]{0,500})\]\(\s{0,9}([^\s()<>]{1,2000}(?:\([^\s()<>]{0,500}\)[^\s()<>]{0,500})?)(?:\s{1,9}"[^"\n]{0,300}")?\s{0,9}\)/y
const address = /(?:https?:\/\/|mailto:)[^\s<>"'`]{1,2000}/y
const strong = /(\*\*|__)(?=\S)([^\n]{0,2000}?\S)\1/y
const emphasis = /(\*|_)(?=\S)([^\n*_]{1,2000}?)(?<=\S)\1(?!\w)/y
const struck = /~~(?=\S)([^\n~]{1,2000})~~/y

/** Parses what is inside a block of Markdown: code, emphasis and links. */
export function parseInline(text: string, depth = 0): ComponentChildren {
  const parts: ComponentChildren[] = []
  let plain = ''
  const flush = () => {
    if (plain !== '') parts.push(<SafeText text={plain} />)
    plain = ''
  }
  for (let at = 0; at < text.length;) {
    const found = depth < deepest ? matchAt(text, at, depth) : null
    if (found) {
      flush()
      parts.push(found.shown)
      at += found.length
    } else {
      const isEscape = text[at] === '\\' && /[!-/:-@[-`{-~]/.test(text[at + 1] ?? '')
      plain += isEscape ? (text[at + 1] ?? '') : (text[at] ?? '')
      at += isEscape ? 2 : 1
    }
  }
  flush()
  return parts
}

interface Found {
  readonly shown: ComponentChildren
  readonly length: number
}

function matchAt(text: string, at: number, depth: number): Found | null {
  const tryPattern = (pattern: RegExp, show: (groups: RegExpExecArray) => ComponentChildren) => {
    pattern.lastIndex = at
    const found = pattern.exec(text)
    return found ? { shown: show(found), length: found[0].length } : null
  }
  const inner = (part = '') => parseInline(part, depth + 1)
  switch (text[at]) {
    case '`':
      return tryPattern(codeSpan, ([, , code = '']) => (
        <code>
          <SafeText text={code.trim()} />
        </code>
      ))
    case '!':
    case '[':
      return tryPattern(linked, ([, image, label = '', target = '']) =>
        image ? showImage(label, target) : showLink(target, inner(label)),
      )
    case 'h':
    case 'm':
      if (/\w/.test(text[at - 1] ?? '')) return null
      return matchAddress(text, at)
    case '*':
    case '_':
      if (text[at] === '_' && /\w/.test(text[at - 1] ?? '')) return null
      return (
        tryPattern(strong, ([, , part]) => <strong>{inner(part)}</strong>) ??
        tryPattern(emphasis, ([, , part]) => <em>{inner(part)}</em>)
      )
    case '~':
      return tryPattern(struck, ([, part]) => <s>{inner(part)}</s>)
    case '\n':
      return { shown: <br />, length: 1 }
    default:
      return null
  }
}

function matchAddress(text: string, at: number): Found | null {
  address.lastIndex = at
  const [found] = address.exec(text) ?? []
  if (found === undefined) return null
  const trimmed = found.replace(/[.,;:!?)\]*_~]{1,20}$/, '')
  return { shown: showLink(trimmed, <SafeText text={trimmed} />), length: trimmed.length }
}

/** Only addresses of these kinds become links: a `javascript:` or `data:` address would act in the console. */
function isSafe(target: string): boolean {
  return /^(https?:\/\/|mailto:)/i.test(target) && URL.canParse(target)
}

function showLink(target: string, label: ComponentChildren): ComponentChildren {
  if (!isSafe(target)) return label
  return (
    <a
      href={target}
      target="_blank"
      rel="noopener noreferrer nofollow"
      title={target.slice(0, 300)}
    >
      {label}
    </a>
  )
}

/** An image of another host would tell that host who reads this, so only a click asks for it, in a tab of its own. */
function showImage(alt: string, target: string): ComponentChildren {
  const label = [<Icon name="link" />, texts.imageHidden(alt)]
  return <span class="image-link">{showLink(target, label)}</span>
}
