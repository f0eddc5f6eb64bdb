import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import * as sources from '../../../src/postgres.ts'
import type { MigrationSource } from '../../../src/index.ts'
import type { MigrationFiles } from '../../../src/migrations/core/files.ts'

const { detectMigrations, memoryFiles } = sources
type ToSource = (files: string | URL | MigrationFiles) => MigrationSource
const all = Object.entries(sources).filter(
  ([name]) => name.endsWith('Migrations') && name !== 'detectMigrations',
) as unknown as [string, ToSource][]

describe('the folder of a source', () => {
  it.each(all)(
    '%s() names the folder that it was given, and none for files in memory',
    (_, toSource) => {
      const url = new URL('file:///app/migrations')
      expect(toSource('db/migrations').folder).toBe('db/migrations')
      expect(String(toSource(url).folder)).toBe(`${url.href}/`)
      expect(toSource(memoryFiles({}))).not.toHaveProperty('folder')
    },
  )

  it('all 18 tools are in this test', () => {
    expect(all).toHaveLength(18)
  })

  it('detectMigrations() names the folder of what it finds, by path and by URL', async () => {
    const root = await mkdtemp(join(tmpdir(), 'studio-folder-'))
    try {
      await mkdir(join(root, 'db/migrations'), { recursive: true })
      await writeFile(join(root, 'db/migrations/1_a.sql'), '-- migrate:up\n')
      const [found] = await detectMigrations(root)
      expect(found?.migrations.folder).toBe(`${root}/db/migrations/`)
      const [again] = await detectMigrations(pathToFileURL(root))
      expect(String(again?.migrations.folder)).toBe(`${pathToFileURL(root)}/db/migrations/`)
    } finally {
      await rm(root, { recursive: true })
    }
  })
})
