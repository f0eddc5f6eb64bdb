import { isoTime } from '../../lib/clock.ts'
import type { ChangeSet, ChangeState } from '../../records/change.ts'
import type { ChangeStore, Stores } from '../../storage/store.ts'
import { equal, matches, rejects } from './assert.ts'
import type { ContractClock, StoreCase } from './case.ts'
import { newChange, plannedStep } from './new-change.ts'
import { foreignCursors } from './records.ts'

let shared = 0

const toState = (change: ChangeSet, fields: Partial<ChangeState> = {}): ChangeState => {
  const { status, decision, events, phase, folders, run, progress, commit } = change
  return { status, decision, events, phase, folders, run, progress, commit, ...fields }
}

const applying = {
  status: 'applying',
  phase: { name: 'checking', tags: [], folders: [], from: 'approved', commit: null },
} as const

const lease = { owner: 'one', leaseMs: 1_000 }
const other = { owner: 'two', leaseMs: 1_000 }

type ChangesFixture = { readonly changes: ChangeStore; readonly clock: ContractClock }

/** Stores without change sets are complete, so a case of them passes there. */
function changeCase(name: string, run: (fixture: ChangesFixture) => Promise<void>): StoreCase {
  return {
    name,
    async run({ stores, clock }: { readonly stores: Stores; readonly clock: ContractClock }) {
      if (stores.changes) await run({ changes: stores.changes, clock })
    },
  }
}

async function created({ changes, clock }: ChangesFixture, fields: Partial<ChangeSet> = {}) {
  const change = newChange(clock, fields)
  await changes.create(change)
  return change
}

/** What a store of change sets, if there is one, promises about reading and deciding. */
const recordCases: readonly StoreCase[] = [
  changeCase(
    'changes.get returns a change set with every character of its texts',
    async (fixture) => {
      const { changes } = fixture
      const change = await created(fixture)
      equal(await changes.get('', change.id), change)
      equal(await changes.get('', 'none'), null)
      await rejects(changes.create(change), 'conflict')
    },
  ),
  changeCase('changes.get and changes.list return a migration and its proof', async (fixture) => {
    const { changes } = fixture
    const base = { rootId: 'r', commit: null, schemaChecksum: '1', migrationsChecksum: '2' }
    const change = await created(fixture, {
      tenant: 'migrations',
      kind: 'codegen',
      base: { ...base, structureChecksum: 's'.repeat(64) },
      migration: {
        app: 'shop',
        tool: 'sql',
        names: ['0002_a'],
        changes: [],
        up: [{ isTransaction: true, sql: "SELECT '\u00e4';\n" }],
        down: null,
        statements: [
          {
            sql: 'SELECT 1;',
            lock: 'SHARE',
            rewrites: null,
            transaction: 'none',
            note: null,
          },
        ],
        structureAfter: 'a'.repeat(64),
      },
      proof: {
        ran: true,
        types: null,
        ms: 12,
        schemaChecksumAfter: 'c'.repeat(64),
        drift: ['table shop.a'],
        lintNew: [],
        destructive: ['drops column shop.a.b'],
      },
    })
    const unproved = await created(fixture, {
      tenant: 'migrations',
      proof: {
        ran: false,
        reason: 'no shadow',
        types: { ran: true, errors: [{ path: 'a.ts', line: 1, message: 'no' }], reason: null },
      },
    })
    equal(await changes.get('migrations', change.id), change)
    const page = { tenant: 'migrations', limit: 9, cursor: null, statuses: null }
    equal(
      (await changes.list(page)).items.map(({ migration, proof }) => ({ migration, proof })),
      [unproved, change].map(({ migration, proof }) => ({ migration, proof })),
    )
  }),
  changeCase('changes.get and changes.list return a plan', async (fixture) => {
    const { changes } = fixture
    const change = await created(fixture, {
      tenant: 'plans',
      kind: 'plan',
      plan: { intent: 'x', onFailure: 'roll_back', steps: [plannedStep], runId: 'run' },
    })
    equal(await changes.get('plans', change.id), change)
    const page = { tenant: 'plans', limit: 9, cursor: null, statuses: null }
    equal((await changes.list(page)).items[0]?.plan, change.plan)
  }),
  changeCase(
    'changes are invisible to other tenants and cannot be updated by them',
    async (fixture) => {
      const { changes } = fixture
      const change = await created(fixture, { tenant: 'acme' })
      const page = { limit: 10, cursor: null, statuses: null }
      const foreign = { ...change, tenant: 'other' }
      equal(await changes.get('other', change.id), null)
      equal((await changes.list({ ...page, tenant: 'other' })).items, [])
      equal(await changes.update(foreign, toState(change, { status: 'approved' })), null)
      equal(await changes.renew(foreign, lease), false)
      equal(await changes.get('acme', change.id), change)
      equal((await changes.list({ ...page, tenant: 'acme' })).items.length, 1)
    },
  ),
  changeCase(
    'changes.list pages through change sets without their texts, the latest first',
    async (fixture) => {
      const { changes } = fixture
      const all = []
      for (let index = 0; index < 5; index++) all.push(await created(fixture, { tenant: 'pages' }))
      await changes.update(
        all[2] as ChangeSet,
        toState(all[2] as ChangeSet, { status: 'approved' }),
      )
      const page = { tenant: 'pages', limit: 2, statuses: null }
      const first = await changes.list({ ...page, cursor: null })
      const rest = await changes.list({ ...page, limit: 9, cursor: first.cursor })
      equal(
        [...first.items, ...rest.items].map(({ id }) => id),
        all.map(({ id }) => id).reverse(),
      )
      const { texts: _texts, ...summary } = all[4] as ChangeSet
      equal(first.items[0], summary)
      const approved = await changes.list({ ...page, cursor: null, statuses: ['approved'] })
      matches(approved, { items: [{ id: all[2]?.id, version: 1 }], cursor: null })
      for (const cursor of foreignCursors)
        await rejects(changes.list({ ...page, cursor }), 'bad_request')
    },
  ),
  changeCase(
    'changes.update lets one of twenty concurrent updates of a version win',
    async (fixture) => {
      const { changes } = fixture
      const change = await created(fixture)
      const results = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          changes.update(change, toState(change, { status: index % 2 ? 'approved' : 'rejected' })),
        ),
      )
      equal(
        results.filter((version) => version !== null),
        [1],
      )
      matches(await changes.get('', change.id), { version: 1 })
    },
  ),
  changeCase(
    'changes.expire ends pending and approved change sets at their time, and no others',
    async (fixture) => {
      const { changes, clock } = fixture
      const pending = await created(fixture)
      const approved = await created(fixture, { status: 'approved' })
      const later = await created(fixture, { expiresAt: isoTime(clock.now() + 1_001) })
      const applied = await created(fixture, { status: 'applied' })
      const statuses = () =>
        Promise.all(
          [pending, approved, later, applied].map(
            async ({ id }) => (await changes.get('', id))?.status,
          ),
        )
      await changes.expire(isoTime(clock.now() + 999))
      equal(await statuses(), ['pending', 'approved', 'pending', 'applied'])
      await changes.expire(isoTime(clock.now() + 1_000))
      equal(await statuses(), ['expired', 'expired', 'pending', 'applied'])
      equal(await changes.update(pending, toState(pending, applying), lease), null)
    },
  ),
]

/** What it promises about the folder of a workspace. */
const leaseCases: readonly StoreCase[] = [
  changeCase(
    'changes.update gives a folder to one change set at a time, of any tenant',
    async (fixture) => {
      const { changes } = fixture
      const base = {
        rootId: `shared ${++shared}`,
        commit: null,
        schemaChecksum: '0',
        migrationsChecksum: '0',
        structureChecksum: null,
      }
      const first = await created(fixture, { base })
      const second = await created(fixture, { base, tenant: 'acme' })
      const elsewhere = await created(fixture)
      const start = (change: ChangeSet, by = lease) =>
        changes.update(change, toState(change, applying), by)
      equal(await start(first), 1)
      equal(await start(second), null)
      equal(await start(second, other), null)
      equal(await start(elsewhere, other), 1)
      const held = { ...first, version: 1 }
      equal(await changes.update(held, toState(first, { status: 'applied' })), 2)
      equal(await start(second, other), 1)
      matches(await changes.get('', first.id), { status: 'applied', version: 2, phase: null })
    },
  ),
  changeCase(
    'changes.abandoned returns the open change set whose lease has run out',
    async (fixture) => {
      const { changes, clock } = fixture
      const change = await created(fixture, { tenant: 'acme' })
      const { rootId } = change.base
      await changes.update(change, toState(change, applying), lease)
      const held = { ...change, version: 1 }
      await clock.advance(999)
      equal(await changes.abandoned(rootId), null)
      equal(await changes.renew(held, lease), true)
      await clock.advance(999)
      equal(await changes.abandoned(rootId), null)
      equal(await changes.update(held, toState(change, applying), other), null)
      await clock.advance(1)
      matches(await changes.abandoned(rootId), { id: change.id, version: 1, texts: change.texts })
      equal(await changes.abandoned('another root'), null)
      equal(await changes.update(held, toState(change, applying), other), 2)
      equal(await changes.abandoned(rootId), null)
      equal(await changes.renew(held, lease), false)
      equal(await changes.update(held, toState(change, { status: 'applied' })), null)
    },
  ),
]

/** What a store of change sets, if there is one, promises. */
export const changeCases: readonly StoreCase[] = [...recordCases, ...leaseCases]
