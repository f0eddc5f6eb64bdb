import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { filesBelow, folderFiles, memoryFiles } from '../../../src/migrations/core/files.ts'

describe('folderFiles and filesBelow', () => {
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'studio files-'))
    for (const name of ['a b', '.git', 'node_modules/x', 'deep/er']) {
      await mkdir(join(folder, name), { recursive: true })
    }
    for (const name of [
      '1.sql',
      'a b/2 #.sql',
      '.git/no.sql',
      'node_modules/x/no.sql',
      'deep/er/3.sql',
    ]) {
      await writeFile(join(folder, name), name)
    }
  })
  afterAll(() => rm(folder, { recursive: true }))

  it('folderFiles() lists the files of sub-folders, except hidden ones and node_modules', async () => {
    for (const place of [folder, pathToFileURL(folder), pathToFileURL(`${folder}/`)]) {
      const files = folderFiles(place)
      const names = [...(await files.list())].sort()
      expect(names).toEqual(['1.sql', 'a b/2 #.sql', 'deep/er/3.sql'])
      for (const name of names) {
        expect(new TextDecoder().decode(await files.read(name))).toBe(name)
      }
    }
  })

  it('filesBelow() names files relative to the sub-folder, for paths, URLs and files in memory', async () => {
    const memory = memoryFiles({ 'deep/er/3.sql': 'deep/er/3.sql', 'deeper/4.sql': '' })
    for (const place of [folder, pathToFileURL(folder), folderFiles(folder), memory]) {
      const files = filesBelow(place, 'deep')
      expect(await files.list()).toEqual(['er/3.sql'])
      expect(new TextDecoder().decode(await files.read('er/3.sql'))).toBe('deep/er/3.sql')
    }
  })

  it('folderFiles() lists no files for a folder that does not exist', async () => {
    expect(await folderFiles(join(folder, 'nowhere')).list()).toEqual([])
  })

  it('folderFiles() rejects with ENOTDIR when the folder is a file', async () => {
    await expect(folderFiles(join(folder, '1.sql')).list()).rejects.toThrow('ENOTDIR')
  })
})
