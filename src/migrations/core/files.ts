/** Files of one folder; where there is no file system, a build step can provide them. */
export interface MigrationFiles {
  /** Names relative to the folder, those of sub-folders as `sub/name`, in any order; others than migrations may be among them. */
  list(): Promise<readonly string[]>
  read(name: string): Promise<Uint8Array>
}

/** Folders nobody keeps migrations in, and some that are huge. */
const skipped = new Set(['node_modules', 'vendor', 'target', 'coverage', '__pycache__'])
const deepest = 8
const mostFiles = 20_000

/** What is used of Node's `fs/promises`, which Bun and Deno have as well. */
interface FileSystem {
  readdir(
    folder: string | URL,
    options: { withFileTypes: true },
  ): Promise<readonly { readonly name: string; isDirectory(): boolean }[]>
  readFile(file: string | URL): Promise<Uint8Array>
}

/** Takes what a source is given: a folder's path or URL, or files from elsewhere. */
export function toFiles(files: string | URL | MigrationFiles): MigrationFiles {
  return typeof files === 'string' || files instanceof URL ? folderFiles(files) : files
}

/**
 * Reads a folder of the host's file system and what is below it, down to eight levels and without `node_modules` and hidden
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

/** Answers files out of memory: contents by name, with `/` between folder and name. For hosts without a file system. */
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

/** Answers the files below one sub-folder, by their names in it; of a folder on disk nothing else is listed. */
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

/** A name that is not a constant keeps bundlers for hosts without a file system from looking for it. */
async function importFileSystem(): Promise<FileSystem> {
  const name = 'node:fs/promises'
  return (await import(name)) as FileSystem
}

function inside(folder: string | URL, name: string): string | URL {
  if (typeof folder === 'string') return name === '' ? folder : `${folder}/${name}`
  const base = folder.pathname.endsWith('/') ? folder : new URL(`${folder.href}/`)
  return new URL(name.split('/').map(encodeURIComponent).join('/'), base)
}
