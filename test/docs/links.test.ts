import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { type Document, readDocuments, root } from './documents.ts'

const documents = readDocuments()

it('every relative link leads to a file, and to a heading where it names one', () => {
  const broken = documents.flatMap((document) =>
    findLinks(document).filter((target) => !leadsSomewhere(document, target)),
  )
  expect(broken).toEqual([])
})

it('every path that a document names exists', () => {
  const missing = documents.flatMap((document) =>
    findPaths(document)
      .filter((path) => !existsSync(join(root, path)))
      .map((path) => `${document.path}: ${path}`),
  )
  expect(missing).toEqual([])
})

it('the index lists every guide, contract and reference', () => {
  const index = documents.find(({ path }) => path === 'docs/index.md')?.text ?? ''
  const listed = documents.filter(({ path }) =>
    /^docs\/(guides|contracts|reference|[^/]+\.md$)/.test(path),
  )
  const missing = listed.filter(({ path }) => !index.includes(`(${path.replace('docs/', '')})`))
  expect(missing.map(({ path }) => path)).toEqual(['docs/index.md'])
})

it('every decision has the question of its row in the index as its title, and a status', () => {
  const decisions = documents.filter(({ path }) => /^docs\/decisions\/\d/.test(path))
  const index = documents.find(({ path }) => path === 'docs/decisions/README.md')?.text ?? ''
  const wrong = decisions.filter(({ path, text }) => {
    const [, question] = /^# (.+\?)\n\nStatus: (?:accepted|replaced by \d{3})\n/.exec(text) ?? []
    return !index.includes(`](${path.split('/').at(-1)}) | ${question} |`)
  })
  expect(decisions.length).toBeGreaterThan(0)
  expect(wrong.map(({ path }) => path)).toEqual([])
})

/** `document: target` for each link that is not a URL. */
function findLinks({ path, text }: Document): string[] {
  const prose = text.replace(/^```[^]*?^```$/gm, '')
  return [...prose.matchAll(/\]\((?!https?:|mailto:)([^)\s]+)\)/g)].map(
    ([, target]) => `${path}: ${target}`,
  )
}

function leadsSomewhere({ path, text }: Document, link: string): boolean {
  const [file = '', heading] = link.slice(path.length + 2).split('#')
  const target = join(root, dirname(path), file)
  if (file !== '' && !existsSync(target)) return false
  if (heading === undefined) return true
  return headingsOf(file === '' ? text : readFileSync(target, 'utf8')).has(heading)
}

/** The anchors that GitHub gives to headings. */
function headingsOf(text: string): Set<string> {
  const titles = [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) => title)
  return new Set(
    titles.map((title) =>
      title
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  )
}

/** Paths in backticks that name a file or folder of the repository; patterns are left out. */
function findPaths({ text }: Document): string[] {
  const found = text.matchAll(/`((?:bench|docs|examples|scripts|src|test)\/[\w./-]+)`/g)
  return [...found].map(([, path = '']) => path)
}
