import { findPathFault, foldPath } from '../../change/paths/names.ts'
import { findProtection } from '../../change/paths/protected.ts'
import { type FileRefusal, type Inspection, maxFileBytes } from '../../change/workspace.ts'
import { type Disk, hasCode } from './disk.ts'
import { type Folder, openFolder, splitPath, withFolder } from './folder.ts'
import { findIgnored } from './git.ts'
import { type Entry, readEntry, toText } from './read.ts'

/** A folder with its rules. `root` is a real path. */
export interface RuledFolder {
  readonly disk: Disk
  readonly root: string
  readonly isAllowed: (path: string) => boolean
}

/** Finds out for each path what is there and whether it may be written. */
export async function inspectPaths(
  place: RuledFolder,
  paths: readonly string[],
): Promise<readonly Inspection[]> {
  const found: Inspection[] = []
  for (const path of paths) found.push(await inspectPath(place, path))
  const allowed = found.flatMap((each) => ('refusal' in each ? [] : [each.path]))
  const ignored = await findIgnored(place.root, allowed)
  return found.map((each) =>
    ignored.has(each.path) ? refuse(each.path, 'protected_file', 'git ignores it') : each,
  )
}

/** Says what the rules of paths alone say: they need no file system. */
function findRefusal({ isAllowed }: RuledFolder, path: string): Inspection | null {
  const fault = findPathFault(path)
  if (fault !== null) return refuse(path, 'path_outside_project', `the path ${fault}`)
  const protection = findProtection(path)
  if (protection !== null) return refuse(path, 'protected_file', `the path is of ${protection}`)
  if (isAllowed(path)) return null
  return refuse(path, 'protected_file', 'the workspace does not allow to write it')
}

async function inspectPath(place: RuledFolder, path: string): Promise<Inspection> {
  const { disk, root } = place
  const refusal = findRefusal(place, path)
  if (refusal) return refusal
  const { folder, name } = splitPath(path)
  try {
    const entry = await withFolder(disk, { root, path: folder }, async (opened) =>
      (await hasTwin(disk, opened, name)) ? 'twin' : readEntry(disk, opened, name),
    )
    if (entry === 'missing') return await inspectMissing(place, path)
    if (entry === 'refused') {
      return refuse(path, 'path_outside_project', 'a folder of the path is a link or a file')
    }
    return entry === 'twin' ? refuseTwin(path) : toInspection(path, entry)
  } catch (error) {
    if (!hasCode(error, 'EACCES', 'EPERM', 'ENAMETOOLONG')) throw error
    return refuse(path, 'invalid_operation', 'the file cannot be read')
  }
}

/** A file in a folder that does not exist: the folders above it must be real, and no entry may have a similar name. */
async function inspectMissing({ disk, root }: RuledFolder, path: string): Promise<Inspection> {
  const segments = path.split('/').slice(0, -1)
  for (let count = segments.length - 1; count >= 0; count--) {
    const folder = await openFolder(disk, root, segments.slice(0, count).join('/'))
    if (folder === 'missing') continue
    if (folder === 'refused') {
      return refuse(path, 'path_outside_project', 'a folder of the path is a link or a file')
    }
    try {
      const name = segments[count] ?? ''
      if (await hasTwin(disk, folder, name)) return refuseTwin(path)
      const { kind } = await readEntry(disk, folder, name)
      // a link that leads nowhere is missing for those who follow it
      if (kind === 'none') return { path, content: null, hash: null }
      return refuse(path, 'path_outside_project', 'a folder of the path is a link or a file')
    } finally {
      await folder.close()
    }
  }
  return refuse(path, 'path_outside_project', 'the workspace has no folder')
}

function toInspection(path: string, entry: Entry): Inspection {
  switch (entry.kind) {
    case 'none':
      return { path, content: null, hash: null }
    case 'other':
      return refuse(path, 'path_outside_project', 'the path is a link or not a file')
    case 'large':
      return refuse(path, 'invalid_operation', `the file has more than ${maxFileBytes} bytes`)
    case 'file': {
      const content = toText(entry.bytes)
      return content === null
        ? refuse(path, 'invalid_operation', 'the file is not UTF-8 text')
        : { path, content, hash: entry.hash }
    }
  }
}

/** Does the folder have another entry that some file systems take for the same name? */
async function hasTwin(disk: Disk, folder: Folder, name: string): Promise<boolean> {
  const entries = await disk.readdir(folder.at('.'))
  const folded = foldPath(name)
  return entries.some((entry) => entry.normalize('NFC') !== name && foldPath(entry) === folded)
}

function refuseTwin(path: string): Inspection {
  return refuse(
    path,
    'invalid_operation',
    'a file or folder exists whose name differs by case or Unicode form alone',
  )
}

function refuse(path: string, refusal: FileRefusal, message: string): Inspection {
  return { path, refusal, message }
}
