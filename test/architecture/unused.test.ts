import { execFile } from 'node:child_process'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../..')

it('knip finds no unused file, export or package', async () => {
  const knip = join(root, 'node_modules/knip/bin/knip.js')
  const { stdout } = await promisify(execFile)(process.execPath, [knip], { cwd: root }).catch(
    (error: { stdout: string }) => error,
  )
  expect(stdout.trim()).toBe('')
}, 120_000)
