import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { expect, it } from 'vitest'

const folder = 'src/console/style'
const shared = ['base.css', 'parts.css', 'shell.css', 'texts.css', 'forms.css', 'lists.css']

interface Rule {
  readonly file: string
  readonly selector: string
}

function readRules(): readonly Rule[] {
  const files = readdirSync(folder).filter((name) => name.endsWith('.css'))
  return files.flatMap((file) => {
    const text = readFileSync(join(folder, file), 'utf8')
      .replace(/\/\*[\s\S]*?\*\//g, '')
      .replace(/@media[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}/g, '')
    return [...text.matchAll(/([^{}]+)\{/g)].flatMap(([, selectors = '']) =>
      selectors.split(',').map((selector) => ({ file: basename(file), selector: selector.trim() })),
    )
  })
}

/** The files that style a class by itself. */
function ownersOf(rules: readonly Rule[]): Map<string, Set<string>> {
  const owners = new Map<string, Set<string>>()
  for (const { file, selector } of rules) {
    const name = /^\.([\w-]+)$/.exec(selector)?.[1]
    if (name !== undefined) owners.set(name, (owners.get(name) ?? new Set()).add(file))
  }
  return owners
}

/** Classes that occur with another one on the same element, such as `b` in `.a.b`. */
const modifiersIn = (selector: string) =>
  selector
    .split(/[\s>+~]+/)
    .flatMap((part) => [...part.matchAll(/\.([\w-]+)/g)].slice(1).map(([, name = '']) => name))

it('no page styles a class that another page uses', () => {
  const rules = readRules()
  const owners = ownersOf(rules)
  expect(owners.size).toBeGreaterThan(100)
  const doubled = [...owners].filter(([, files]) => files.size > 1).map(([name]) => name)
  const borrowed = rules.flatMap(({ file, selector }) =>
    modifiersIn(selector).filter((name) => {
      const [owner] = owners.get(name) ?? []
      return owner !== undefined && owner !== file && !shared.includes(owner)
    }),
  )
  expect([...doubled, ...borrowed]).toEqual([])
})
