import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
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

/** Builds and packs the library as for a release, and unpacks the tarball into a new folder. */
export async function unpackLibrary(target: string): Promise<Manifest> {
  const folder = mkdtempSync(join(tmpdir(), 'fetch-studio-pack-'))
  try {
    const { tarball } = await packLibrary(folder)
    mkdirSync(target, { recursive: true })
    await run('tar', ['-xzf', tarball, '-C', target, '--strip-components=1'])
    return JSON.parse(readFileSync(join(target, 'package.json'), 'utf8')) as Manifest
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
