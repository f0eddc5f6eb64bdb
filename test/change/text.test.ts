import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toPathTest } from '../../src/change/paths/globs.ts'
import { applyDiff } from '../../src/change/text/apply-diff.ts'
import { addImport } from '../../src/change/text/imports.ts'
import { makeDiff } from '../../src/change/text/make-diff.ts'
import { createFolder } from '../support/workspace.ts'

const line = fc.constantFrom('a', 'b', 'c', '', 'long line', '@@ -1 +1 @@', '--- x', '+++ y', '\\')
const text = fc
  .tuple(fc.array(line, { maxLength: 40 }), fc.constantFrom('\n', '\r\n'), fc.boolean())
  .map(([lines, end, isEnded]) => lines.join(end) + (isEnded && lines.length > 0 ? end : ''))

describe('a unified diff', () => {
  it('applied to its first text gives its second one', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        if (before === after) return
        expect(applyDiff(before, makeDiff('a.txt', before, after))).toEqual({ text: after })
      }),
      { numRuns: 1_000, seed: 12 },
    )
  })

  it('is read by git as it is by us', async () => {
    const folder = await createFolder()
    folder.git('init', '-q')
    const pairs = fc.sample(fc.tuple(text, text), { numRuns: 40, seed: 12 })
    for (const [before, after] of pairs) {
      if (before === after || before === '' || after === '') continue
      await folder.write('a.txt', before)
      const input = makeDiff('a.txt', before, after)
      execFileSync('git', ['apply', '--whitespace=nowarn', '-'], { cwd: folder.root, input })
      expect(await folder.read('a.txt')).toBe(after)
    }
  })

  it('of 20,000 lines that all differ takes less than ten seconds', () => {
    const lines = (mark: string) =>
      Array.from({ length: 20_000 }, (_, index) => `${mark}${index}\n`).join('')
    const started = performance.now()
    const [before, after] = [lines('a'), lines('b')]
    expect(applyDiff(before, makeDiff('a', before, after))).toEqual({ text: after })
    expect(performance.now() - started).toBeLessThan(10_000)
  })

  it.each([
    ['no hunk', 'hello', 'no hunk'],
    ['a context line of another file', '@@ -1,2 +1,2 @@\n x\n-b\n+c\n', 'does not fit'],
    ['a hunk that ends early', '@@ -1,2 +1,2 @@\n a\n', 'ends within'],
    ['lines of no kind', '@@ -1,2 +1,2 @@\n a\n?b\n', 'neither'],
    ['hunks that overlap', '@@ -2 +2 @@\n-b\n+c\n@@ -1 +1 @@\n-a\n+x\n', 'overlaps'],
    ['two files', '--- a\n--- b\n@@ -1 +1 @@\n-a\n+c\n', 'more than one file'],
  ])('with %s is refused', (_what, diff, reason) => {
    expect(applyDiff('a\nb\n', diff)).toEqual({ fault: expect.stringContaining(reason) as string })
  })
})

describe('an import', () => {
  it.each([
    ['', "import a from 'a'\n"],
    ['x()\n', "import a from 'a'\nx()\n"],
    [
      "#!/usr/bin/env node\n'use strict'\nx()",
      "#!/usr/bin/env node\n'use strict'\nimport a from 'a'\nx()",
    ],
    [
      "// head\nimport {\n  b,\n} from 'b'\nimport 'c'\n\nimport.meta.url\n",
      "// head\nimport {\n  b,\n} from 'b'\nimport 'c'\nimport a from 'a'\n\nimport.meta.url\n",
    ],
    ["import b from 'b'\r\nx()\r\n", "import b from 'b'\r\nimport a from 'a'\r\nx()\r\n"],
    ["import b from 'b'", "import b from 'b'\nimport a from 'a'\n"],
  ])('goes after the imports of %j', (before, after) => {
    expect(addImport(before, "import a from 'a'")).toBe(after)
  })

  it('that is there already, with another white space, is not repeated', () => {
    expect(addImport("import  a  from 'a';\n", "import a from 'a'")).toBeNull()
  })
})

describe('patterns of paths', () => {
  it.each([
    ['src/**', ['src/a', 'src/a/b'], ['src', 'a/src/b', 'srcs/a', 'SRC/a']],
    ['**/*.md', ['a.md', 'a/b.md'], ['a.mdx', 'a/b']],
    ['src/*/x.?s', ['src/a/x.ts'], ['src/x.ts', 'src/a/b/x.ts', 'src/a/x.tss']],
    ['{a,b.c}/[id].ts', ['a/[id].ts', 'b.c/[id].ts'], ['a/i.ts', 'bxc/[id].ts']],
  ])('%s', (pattern, inside, outside) => {
    const test = toPathTest([pattern])
    expect([...inside, ...outside].filter(test)).toEqual(inside)
  })
})
