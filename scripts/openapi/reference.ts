// Writes docs/reference/http.md from the routes: npm run openapi:reference -- --write. Without --write it compares the two.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { format, resolveConfig } from 'prettier'
import { makeDocument } from './make-document.ts'
import { renderReference } from './render-reference.ts'

const path = join(fileURLToPath(new URL('../..', import.meta.url)), 'docs/reference/http.md')
const config = await resolveConfig(path)
const text = await format(renderReference(await makeDocument()), { ...config, parser: 'markdown' })
if (process.argv.includes('--write')) {
  writeFileSync(path, text)
  console.log('docs/reference/http.md written')
} else if (readFileSync(path, 'utf8') === text) {
  console.log('docs/reference/http.md: equal')
} else {
  console.log('docs/reference/http.md differs: npm run openapi:reference -- --write')
  process.exitCode = 1
}
