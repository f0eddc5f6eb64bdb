import { execFile } from 'node:child_process'
import { mkdir, rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { buildInstance } from './fleet.ts'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../../', import.meta.url))

/** The last commit with each version of the tables of the stores, from version 1 on, but for the present one. */
const lastCommits: readonly string[] = [
  'a207610da34c00aa431bd711e92da354b262fca5',
  'b576d97c81dc88ae99530bc84edfe367afdcdfaf',
  'c30e5e80f0337e9d934a4450583c6f82bf4997fa',
  'ea5169510050a0d1c2888af0bda370950c76a821',
  '91dbce1eadd04bf532c00590a769c3fc728d7862',
  '306d64d326c91a2e69db2bd4de3dfb9ba67f616c',
]

/** The versions of the tables whose code this checkout has; none without its history. */
export async function olderVersions(): Promise<readonly number[]> {
  const found = await Promise.all(
    lastCommits.map((commit) =>
      run('git', ['cat-file', '-e', `${commit}^{commit}`], { cwd: root }).then(
        () => true,
        () => false,
      ),
    ),
  )
  return lastCommits.flatMap((_, index) => (found[index] ? [index + 1] : []))
}

/** Builds the program of an instance from the code that had a version of the tables. It uses the packages of today. */
export async function buildOlderInstance(version: number): Promise<string> {
  const commit = lastCommits[version - 1]
  if (!commit) throw new RangeError(`There is no version ${version} of the tables`)
  const folder = `${root}.tools/campaigns/version-${version}-${process.pid}`
  await mkdir(folder, { recursive: true })
  const archive = `${folder}.tar`
  const wanted = ['src', 'test/campaigns', 'tsconfig.json', 'package.json']
  // `src/testing` imports nothing of `test`, and a campaign of that time nothing outside of these folders.
  await run('git', ['archive', '-o', archive, commit, ...wanted], { cwd: root })
  await run('tar', ['-xf', archive, '-C', folder])
  try {
    return await buildInstance(`${folder}/test/campaigns/instance.ts`)
  } finally {
    await rm(folder, { recursive: true })
    await rm(archive)
  }
}
