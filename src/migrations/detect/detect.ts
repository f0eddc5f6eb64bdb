import { uniqueName } from '../../lib/unique-name.ts'
import { append } from '../../lib/groups.ts'
import { StudioError } from '../../errors.ts'
import type { DatabaseReader } from '../../project/database.ts'
import type { HistoryTable, MigrationSource } from '../../project/source.ts'
import { detectors, type Detector } from './detectors.ts'
import {
  filesBelow,
  folderBelow,
  memoryFiles,
  type MigrationFiles,
  toFiles,
} from '../core/files.ts'
import { type Candidate, findCandidates, findMisfit, platforms } from '../core/history-tables.ts'

/** A detected tool. `label` and `migrations` can be passed to `defineProject` as an app. */
export interface DetectedMigrations {
  readonly label: string
  readonly migrations: MigrationSource
  readonly tool: string
  /** The folder of its files, relative to the searched folder; null if only its table was found. */
  readonly folder: string | null
  /** Its tables as `schema.name`; empty if the tool never ran on this database. */
  readonly tables: readonly string[]
}

/** How many files of a matching folder are read, the newest by name first. */
const samples = 3

/**
 * Detects the migration tools of a folder tree and a database, in one round trip and without writing. Sorted by folder.
 *
 * Source code files count only in folders with `migrat` in their name. A tool with a table but without a folder is returned
 * too: its migrations are unknown until a source names the folder. Rejects if the files or the database cannot be read.
 *
 * @param files The folder of the project, or its files.
 */
export async function detectMigrations(
  files: string | URL | MigrationFiles,
  database: DatabaseReader | null = null,
): Promise<DetectedMigrations[]> {
  const tree = toFiles(files)
  const [folders, tables] = await Promise.all([findFolders(tree), findTables(database)])
  const found = folders.map(({ detector, folder }): Omit<DetectedMigrations, 'label'> => {
    const own = tables.get(detector.tool) ?? []
    const options = toOptions(detector, own)
    return {
      tool: detector.tool,
      folder: folder.replace(/\/$/, '') || '.',
      tables: own.map(({ schema, table }) => `${schema}.${table}`),
      migrations: {
        ...detector.toSource(filesBelow(tree, folder), options, folder),
        ...folderBelow(files, folder),
      },
    }
  })
  const strays = detectors
    .filter(({ tool }) => tables.has(tool) && !found.some((one) => one.tool === tool))
    .map((detector) => toStray(detector, tables.get(detector.tool) ?? []))
  return toLabels([...found, ...strays])
}

/** Assigns each folder to the first tool that recognises it. */
async function findFolders(
  tree: MigrationFiles,
): Promise<{ detector: Detector; folder: string }[]> {
  const names = [...(await tree.list())].sort()
  const owners = new Map<string, Detector>()
  for (const detector of detectors) {
    const marked = new Map<string, string[]>()
    for (const name of names) {
      for (const pattern of detector.filePatterns) {
        const [, folder] = pattern.exec(name) ?? []
        if (folder !== undefined) append(marked, folder, name)
      }
    }
    for (const [folder, evidence] of marked) {
      if (owners.has(folder)) continue
      if (await contentMatches(tree, detector, evidence)) owners.set(folder, detector)
    }
  }
  return [...owners]
    .map(([folder, detector]) => ({ folder, detector }))
    .sort((a, b) => (a.folder < b.folder ? -1 : 1))
}

async function contentMatches(
  tree: MigrationFiles,
  { contentPattern }: Detector,
  evidence: readonly string[],
): Promise<boolean> {
  if (!contentPattern) return true
  const texts = await Promise.all(
    evidence.slice(-samples).map(async (name) => {
      const bytes = await tree.read(name).catch(() => new Uint8Array())
      return new TextDecoder().decode(bytes.subarray(0, 65_536))
    }),
  )
  return texts.some((text) => contentPattern.test(text))
}

/** Finds the existing tables by tool. Excludes the table of Rails, which has the same name and columns as dbmate's. */
async function findTables(database: DatabaseReader | null): Promise<Map<string, Candidate[]>> {
  const found = new Map<string, Candidate[]>()
  if (!database) return found
  const wanted = detectors.map(({ tool, toSource }) => ({
    tool,
    table: toSource(memoryFiles({}), {}, '').tables['journal'],
  }))
  const names = wanted.flatMap(({ table }) => table?.places.map((place) => place.table) ?? [])
  const rails = 'ar_internal_metadata'
  const candidates = await findCandidates([...new Set([...names, rails])], database)
  const isRails = candidates.some(({ table }) => table === rails)
  for (const { tool, table } of wanted) {
    const own = candidates.filter((one) => table && isOwn(table, one))
    if (own.length > 0 && !(tool === 'dbmate' && isRails)) found.set(tool, own)
  }
  return found
}

function isOwn(wanted: HistoryTable, candidate: Candidate): boolean {
  const { schema, table } = candidate
  if (findMisfit(wanted, candidate) !== null) return false
  return wanted.places.some(
    (place) => place.table === table && (place.schema === schema || !platforms.includes(schema)),
  )
}

/** Names the schema of the only table found, if the tool would not look there by default. */
function toOptions({ toSource }: Detector, tables: readonly Candidate[]): { schema?: string } {
  const [only] = tables
  if (!only || tables.length > 1) return {}
  const places = toSource(memoryFiles({}), {}, '').tables['journal']?.places ?? []
  const isUsual = places.some(({ schema }) =>
    schema === null ? only.isVisible : schema === only.schema,
  )
  return isUsual ? {} : { schema: only.schema }
}

function toStray(
  detector: Detector,
  tables: readonly Candidate[],
): Omit<DetectedMigrations, 'label'> {
  const { tool } = detector
  const unfound = new StudioError('unavailable', `no folder with migrations of ${tool} was found`)
  const nowhere = { list: () => Promise.reject(unfound), read: () => Promise.reject(unfound) }
  return {
    tool,
    folder: null,
    tables: tables.map(({ schema, table }) => `${schema}.${table}`),
    migrations: detector.toSource(nowhere, toOptions(detector, tables), ''),
  }
}

/** Labels each tool with its name, and with its folder if several share the name. */
function toLabels(found: readonly Omit<DetectedMigrations, 'label'>[]): DetectedMigrations[] {
  const taken = new Set<string>()
  return found.map((one) => {
    const isAlone = found.filter(({ tool }) => tool === one.tool).length === 1
    const place = (one.folder ?? '').replace(/[^A-Za-z0-9]+/g, '-').replace(/^-|-$/g, '')
    const name = isAlone || place === '' ? one.tool : `${one.tool}-${place}`
    const label = uniqueName(name, (candidate) => taken.has(candidate))
    taken.add(label)
    return { label, ...one }
  })
}
