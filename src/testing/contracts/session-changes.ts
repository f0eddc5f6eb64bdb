import { equal } from './assert.ts'
import type { StoreCase } from './case.ts'
import { newSession } from './records.ts'

/** What `sessions.update`, and the search of `sessions.list`, of every store promise. */
export const sessionChangeCases: readonly StoreCase[] = [
  {
    name: 'sessions.update replaces the title, the metadata or both, and sets updatedAt',
    async run({ stores, clock }) {
      const session = newSession({ title: 'Orders', metadata: { team: 'a', open: true } })
      const created = await stores.sessions.create(session)
      await clock.advance(5_000)
      const renamed = {
        ...created,
        title: 'Refunds',
        updatedAt: new Date(clock.now()).toISOString(),
      }
      equal(await stores.sessions.update('', session.id, { title: 'Refunds' }), renamed)
      equal(await stores.sessions.get('', session.id), renamed)
      const moved = { ...renamed, metadata: { team: 'b' } }
      equal(await stores.sessions.update('', session.id, { metadata: { team: 'b' } }), moved)
      const both = { title: null, metadata: {} }
      equal(await stores.sessions.update('', session.id, both), { ...moved, ...both })
      equal(await stores.sessions.get('', session.id), { ...moved, ...both })
    },
  },
  {
    name: 'sessions.update returns null for a session of another tenant and changes nothing',
    async run({ stores }) {
      const session = newSession({ tenant: 'acme', title: 'Orders' })
      const created = await stores.sessions.create(session)
      equal(await stores.sessions.update('other', session.id, { title: 'Mine' }), null)
      equal(await stores.sessions.update('acme', 'unknown', { title: 'Mine' }), null)
      equal(await stores.sessions.get('acme', session.id), created)
    },
  },
  {
    name: 'sessions.list searches titles and values of metadata, whatever the case of letters',
    async run({ stores }) {
      const titled = newSession({ title: 'Refund of 100% for Ada' })
      const tagged = newSession({ metadata: { order: { ids: ['ORD_1', 42] }, refund: true } })
      for (const session of [titled, tagged]) await stores.sessions.create(session)
      const find = async (search: string) => {
        const filter = { tenant: '', limit: 10, cursor: null, agentId: null, search }
        const { items } = await stores.sessions.list(filter)
        return items.map(({ id }) => id)
      }
      equal(await find('refund'), [titled.id]) // names of metadata are not searched
      equal(await find('ord_1'), [tagged.id])
      equal(await find('42'), [tagged.id])
      equal(await find('100% f'), [titled.id])
      equal(await find('d_1'), [tagged.id])
      equal(await find('%'), [titled.id])
      equal(await find('\\'), [])
    },
  },
]
