import * as disk from 'node:fs/promises'
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createFileBlobs } from '../../../src/adapters/blobs/file-blobs.ts'
import { fileBlobs } from '../../../src/adapters/node.ts'
import type { StudioError } from '../../../src/index.ts'

function createFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'blobs-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

const bytes = new Uint8Array(100_000).fill(7)

async function failureOf(work: Promise<unknown>): Promise<StudioError> {
  return work.then(
    () => expect.fail('it did not reject'),
    (error: unknown) => error as StudioError,
  )
}

describe('fileBlobs', () => {
  it('on a full disk rejects with unavailable, keeps what was there, and leaves no draft', async () => {
    const folder = createFolder()
    await fileBlobs(folder).put('runs/a/1', new Uint8Array([1]))
    // /dev/full is a device of Linux that refuses each write as a full disk does
    const full = createFileBlobs(folder, {
      ...disk,
      open: async (path, flags, mode) => {
        symlinkSync('/dev/full', String(path))
        return disk.open(path, flags === 'wx' ? 'w' : flags, mode)
      },
    })
    const error = await failureOf(full.put('runs/a/1', bytes))
    expect(error).toMatchObject({ code: 'unavailable', message: 'The disk of the blobs is full' })
    expect(error.cause).toMatchObject({ code: 'ENOSPC' })
    expect(await full.get('runs/a/1')).toEqual(new Uint8Array([1]))
    expect(await disk.readdir(join(folder, '.drafts'))).toEqual([])
  })

  it('whose folder cannot be used rejects with unavailable, and no message has a path', async () => {
    const folder = createFolder()
    await disk.writeFile(join(folder, 'file'), '')
    const blobs = fileBlobs(join(folder, 'file'))
    const error = await failureOf(blobs.put('runs/a/1', bytes))
    expect(error.code).toBe('unavailable')
    expect(`${error.message} ${JSON.stringify(error.details)}`).not.toContain(folder)
  })

  it('when a rename fails leaves neither half a file nor a draft', async () => {
    const folder = createFolder()
    const rename = () => Promise.reject(Object.assign(new Error('EIO'), { code: 'EIO' }))
    const blobs = createFileBlobs(folder, { ...disk, rename })
    expect((await failureOf(blobs.put('runs/a/1', bytes))).code).toBe('unavailable')
    expect(await blobs.get('runs/a/1')).toBeNull()
    expect((await blobs.list('runs/', null)).items).toEqual([])
    expect(await disk.readdir(join(folder, '.drafts'))).toEqual([])
  })

  it('deletes the drafts of processes that ended a day ago, and no younger ones', async () => {
    const folder = createFolder()
    const blobs = fileBlobs(folder)
    await blobs.put('runs/a/1', bytes)
    for (const name of ['old', 'young']) await disk.writeFile(join(folder, '.drafts', name), 'x')
    const longAgo = new Date(Date.now() - 2 * 86_400_000)
    await disk.utimes(join(folder, '.drafts/old'), longAgo, longAgo)
    await blobs.list('runs/', null)
    expect(await disk.readdir(join(folder, '.drafts'))).toEqual(['young'])
  })

  it('written and deleted at the same time leaves each file whole or absent', async () => {
    const folder = createFolder()
    const blobs = fileBlobs(folder)
    for (let round = 0; round < 20; round++) {
      await Promise.all([
        blobs.put('runs/a/1', bytes),
        blobs.delete(['runs/a/1']),
        blobs.put('runs/a/2', bytes),
        blobs.delete(['runs/a/2']),
      ])
      for (const key of ['runs/a/1', 'runs/a/2']) {
        expect([null, bytes.length]).toContain((await blobs.get(key))?.length ?? null)
      }
    }
  })

  it('lists more files than a page has, folder by folder', async () => {
    const folder = createFolder()
    const keys: string[] = []
    for (let run = 0; run < 6; run++) {
      await disk.mkdir(join(folder, 'runs', `run-${run}`), { recursive: true })
      for (let count = 0; count < 300; count++) {
        const key = `runs/run-${run}/${count}`
        await disk.writeFile(join(folder, key), '')
        keys.push(key)
      }
    }
    const blobs = fileBlobs(folder)
    const first = await blobs.list('runs/', null)
    const second = await blobs.list('runs/', first.next)
    expect(first.next).not.toBeNull()
    expect(second.next).toBeNull()
    expect([...first.items, ...second.items].map(({ key }) => key).sort()).toEqual(keys.sort())
  })
})
