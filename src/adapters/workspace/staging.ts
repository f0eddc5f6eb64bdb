import { StudioError } from '../../errors.ts'
import type { FileStep } from '../../change/workspace.ts'
import { createFlags, type Disk, hasCode } from './disk.ts'
import { type Folder, openFolder, splitPath, withFolder } from './folder.ts'
import { hashOfEntry, readEntry } from './read.ts'

/** The folder that an operation writes into. `root` is a real path. */
interface Site {
  readonly disk: Disk
  readonly root: string
}

/** The name of a temporary file: a dot file, which no change set may name. */
function temporary(tag: string, index: number): string {
  return `.studio-${tag}-${index}.tmp`
}

/** Writes the text of a step beside its place, and to the disk. Returns without one when the step removes a file. */
async function stageStep(
  site: Site,
  { step, name }: { readonly step: FileStep; readonly name: string },
): Promise<void> {
  const { content, path } = step
  if (content === null) return
  const { folder: parent, name: target } = splitPath(path)
  const folder = await createFolder(site, parent)
  try {
    const entry = await readEntry(site.disk, folder, target)
    const handle = await site.disk.open(folder.at(name), createFlags, 0o666)
    try {
      await folder.verify(name)
      await handle.writeFile(content, 'utf8')
      if (entry.kind === 'file') await handle.chmod(entry.mode)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/** Writes all texts beside their places, and creates the folders that are missing. */
export async function stageAll(site: Site, tag: string, steps: readonly FileStep[]): Promise<void> {
  for (const [index, step] of steps.entries()) {
    await stageStep(site, { step, name: temporary(tag, index) })
  }
}

/** Returns the folders that steps need and that do not exist, the outer ones first. */
export async function findMissingFolders(
  { disk, root }: Site,
  steps: readonly FileStep[],
): Promise<string[]> {
  const missing = new Set<string>()
  for (const { path, content } of steps) {
    const segments = content === null ? [] : path.split('/').slice(0, -1)
    for (let count = 1; count <= segments.length; count++) {
      const here = segments.slice(0, count).join('/')
      const found = missing.has(here) ? 'missing' : await openFolder(disk, root, here)
      if (typeof found !== 'string') await found.close()
      else if (found === 'missing') missing.add(here)
    }
  }
  return [...missing]
}

/** Opens a folder, and creates it and those above it where they are missing. */
async function createFolder(site: Site, path: string): Promise<Folder> {
  const { disk, root } = site
  const segments = path === '' ? [] : path.split('/')
  for (const [index, segment] of segments.entries()) {
    const here = segments.slice(0, index + 1).join('/')
    const found = await openFolder(disk, root, here)
    if (typeof found !== 'string') {
      await found.close()
      continue
    }
    if (found === 'refused') throw moved(here)
    await withFolder(disk, { root, path: segments.slice(0, index).join('/') }, async (above) => {
      await disk.mkdir(above.at(segment))
      await above.sync()
    })
  }
  const folder = await openFolder(disk, root, path)
  if (typeof folder === 'string') throw moved(path)
  return folder
}

/** Puts a staged text in its place, or removes a file. A file that has the bytes already is left alone. */
export async function settleStep(
  site: Site,
  { tag, index, step }: { readonly tag: string; readonly index: number; readonly step: FileStep },
): Promise<void> {
  const { disk, root } = site
  const { folder: path, name } = splitPath(step.path)
  const fault = await withFolder(disk, { root, path }, async (folder) => {
    const hash = hashOfEntry(await readEntry(disk, folder, name))
    if (hash === step.to) return null
    if (hash !== step.from) return 'refused' as const
    await move(disk, folder, { step, name, from: temporary(tag, index) })
    await folder.sync()
    return null
  })
  const isGone = fault === 'missing' && step.to === null
  if (fault !== null && !isGone) throw moved(step.path)
}

async function move(
  disk: Disk,
  folder: Folder,
  { step, name, from }: { readonly step: FileStep; readonly name: string; readonly from: string },
): Promise<void> {
  if (step.to === null) return disk.unlink(folder.at(name))
  if (step.from !== null) return disk.rename(folder.at(from), folder.at(name))
  try {
    await disk.link(folder.at(from), folder.at(name)) // fails if a file has come into being, as a rename would not
  } catch (error) {
    if (hasCode(error, 'EEXIST')) throw moved(step.path)
    if (!hasCode(error, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK')) throw error
    return disk.rename(folder.at(from), folder.at(name)) // a file system without links
  }
  await disk.unlink(folder.at(from))
}

/** Removes the temporary files of a tag, and the folders that are empty, the inner ones first. */
export async function clearAll(
  { disk, root }: Site,
  tag: string,
  steps: readonly FileStep[],
  folders: readonly string[],
): Promise<void> {
  for (const [index, { path }] of steps.entries()) {
    await withFolder(disk, { root, path: splitPath(path).folder }, (folder) =>
      remove(disk, folder, temporary(tag, index)),
    )
  }
  for (const path of folders.toReversed()) {
    const { folder: above, name } = splitPath(path)
    await withFolder(disk, { root, path: above }, async (folder) => {
      await disk.rmdir(folder.at(name)).catch((error: unknown) => {
        if (!hasCode(error, 'ENOENT', 'ENOTEMPTY', 'EEXIST', 'ENOTDIR')) throw error
      })
    })
  }
}

async function remove(disk: Disk, folder: Folder, name: string): Promise<void> {
  try {
    await disk.lstat(folder.at(name)) // a folder that cannot be written says so before it says that there is no file
    await disk.unlink(folder.at(name))
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error
  }
}

function moved(path: string): StudioError {
  return new StudioError('conflict', `Files have changed since they were read: ${path}`, {
    details: { reason: 'changed_since_preview', changed: [], files: [path] },
  })
}
