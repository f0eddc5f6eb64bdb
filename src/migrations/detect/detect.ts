import { append } from '../../lib/groups.ts'
import { StudioError } from '../../errors.ts'
import type { DatabaseReader } from '../../project/database.ts'
import type { HistoryTable, MigrationSource } from '../../project/source.ts'
import { detectors, type Detector } from './detectors.ts'
import { filesBelow, memoryFiles, type MigrationFiles, toFiles } from '../core/files.ts'
import { type Candidate, findCandidates, findMisfit, platforms } from '../core/history-tables.ts'

/** A tool that was found; `label` and `migrations` are what `defineProject` takes for an app. */
export interface DetectedMigrations {
  readonly label: string
  readonly migrations: MigrationSource
  readonly tool: string
  /** The folder its files are in, relative to the one that was searched; null when only its table was found. */
  readonly folder: string | null
  /** Its tables as `schema.name`; none when it never ran here. */
  readonly tables: readonly string[]
}

/** Files of each marked folder that are read, the newest by name first. */
const samples = 3

/**
 * Finds out which migration tools a folder tree and a database use, in one round trip; nothing is written. Sorted by folder.
 *
 * Code counts in folders that have `migrat` in their name. A tool whose table is there while no folder was found is answered
 * as well: its migrations are unknown until a source names the folder. Rejects when files or database cannot be read.
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
      migrations: detector.toSource(filesBelow(tree, folder), options, folder),
    }
  })
  const strays = detectors
    .filter(({ tool }) => tables.has(tool) && !found.some((one) => one.tool === tool))
    .map((detector) => toStray(detector, tables.get(detector.tool) ?? []))
  return toLabels([...found, ...strays])
}

/** Each folder belongs to the first tool that knows it. */
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

/** The tables that are there, by tool. Rails has one that looks like dbmate's. */
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

/** Where one table was found that the tool would not look for by itself, its schema is said. */
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

/** The tool's name, with the folder where several would share it. */
function toLabels(found: readonly Omit<DetectedMigrations, 'label'>[]): DetectedMigrations[] {
  const taken = new Set<string>()
  return found.map((one) => {
    const isAlone = found.filter(({ tool }) => tool === one.tool).length === 1
    const place = (one.folder ?? '').replace(/[^A-Za-z0-9]+/g, '-').replace(/^-|-$/g, '')
    const wanted = isAlone || place === '' ? one.tool : `${one.tool}-${place}`
    let label = wanted
    for (let count = 2; taken.has(label); count += 1) label = `${wanted}-${count}`
    taken.add(label)
    return { label, ...one }
  })
}
