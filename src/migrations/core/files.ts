/** Files of one folder; where there is no file system, a build step can provide them. */
export interface MigrationFiles {
  /** Paths relative to the folder, such as `sub/name`, in any order. They may include files that are not migrations. */
  list(): Promise<readonly string[]>
  read(name: string): Promise<Uint8Array>
}

/** Folders that are not searched because they hold no migrations or are huge. */
const skipped = new Set(['node_modules', 'vendor', 'target', 'coverage', '__pycache__'])
const deepest = 8
const mostFiles = 20_000

/** The part of Node's `fs/promises` in use, which Bun and Deno provide too. */
interface FileSystem {
  readdir(
    folder: string | URL,
    options: { withFileTypes: true },
  ): Promise<readonly { readonly name: string; isDirectory(): boolean }[]>
  readFile(file: string | URL): Promise<Uint8Array>
}

/** Opens the files of a source: a folder by path or URL, or files that were passed in. */
export function toFiles(files: string | URL | MigrationFiles): MigrationFiles {
  return typeof files === 'string' || files instanceof URL ? folderFiles(files) : files
}

/** Returns the member `folder` of a source: only files that were given by path or URL have one. */
export function folderOf(files: string | URL | MigrationFiles): {
  readonly folder?: string | URL
} {
  return folderBelow(files, '')
}

/** Returns the member `folder` of a source whose files are in a sub-folder, with a trailing slash or empty. */
export function folderBelow(
  files: string | URL | MigrationFiles,
  folder: string,
): { readonly folder?: string | URL } {
  const isFolder = typeof files === 'string' || files instanceof URL
  return isFolder ? { folder: inside(files, folder) } : {}
}

/**
 * Reads a folder of the host's file system with its sub-folders, down to eight levels, without `node_modules` and hidden
 * folders. A folder that does not exist has no files.
 */
export function folderFiles(folder: string | URL): MigrationFiles {
  return {
    async list() {
      const { readdir } = await importFileSystem()
      const found: string[] = []
      const walk = async (prefix: string, depth: number): Promise<void> => {
        for (const entry of await readdir(inside(folder, prefix), { withFileTypes: true })) {
          if (!entry.isDirectory()) found.push(prefix + entry.name)
          else if (depth < deepest && !skipped.has(entry.name) && !entry.name.startsWith('.')) {
            await walk(`${prefix}${entry.name}/`, depth + 1)
          }
          if (found.length > mostFiles) return
        }
      }
      try {
        await walk('', 1)
      } catch (error) {
        if ((error as { code?: unknown }).code !== 'ENOENT' || found.length > 0) throw error
      }
      return found
    },
    async read(name) {
      return (await importFileSystem()).readFile(inside(folder, name))
    },
  }
}

/** Returns files in memory: contents by path, with `/` as separator. For hosts without a file system. */
export function memoryFiles(files: Readonly<Record<string, string | Uint8Array>>): MigrationFiles {
  return {
    list: async () => Object.keys(files),
    async read(name) {
      const content = files[name]
      if (content === undefined) {
        throw Object.assign(new Error(`No file ${name}`), { code: 'ENOENT' })
      }
      return typeof content === 'string' ? new TextEncoder().encode(content) : content
    },
  }
}

/** Returns the files below one sub-folder, with paths relative to it. Lists nothing else of a folder on disk. */
export function filesBelow(files: string | URL | MigrationFiles, folder: string): MigrationFiles {
  const prefix = folder === '' || folder.endsWith('/') ? folder : `${folder}/`
  if (typeof files === 'string' || files instanceof URL) return folderFiles(inside(files, prefix))
  return {
    list: async () =>
      (await files.list())
        .filter((name) => name.startsWith(prefix))
        .map((name) => name.slice(prefix.length)),
    read: (name) => files.read(prefix + name),
  }
}

/** The module name is not a constant, so that bundlers for hosts without a file system do not resolve it. */
async function importFileSystem(): Promise<FileSystem> {
  const name = 'node:fs/promises'
  return (await import(name)) as FileSystem
}

function inside(folder: string | URL, name: string): string | URL {
  if (typeof folder === 'string') return name === '' ? folder : `${folder}/${name}`
  const base = folder.pathname.endsWith('/') ? folder : new URL(`${folder.href}/`)
  return new URL(name.split('/').map(encodeURIComponent).join('/'), base)
}
