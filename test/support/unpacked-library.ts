import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { packLibrary } from './packed-package.ts'

const run = promisify(execFile)

/** The parts of package.json that tests read. */
export interface Manifest {
  readonly name: string
  readonly version: string
  readonly dependencies: Readonly<Record<string, string>>
}

/** Unpacks the packed library into a new folder. */
export async function unpackLibrary(target: string): Promise<Manifest> {
  const { tarball } = await packLibrary()
  mkdirSync(target, { recursive: true })
  await run('tar', ['-xzf', tarball, '-C', target, '--strip-components=1'])
  return JSON.parse(readFileSync(join(target, 'package.json'), 'utf8')) as Manifest
}
