import type { z } from 'zod'
import type { Exchange } from '../../http/exchange.ts'
import { defineRoute, type PathParams, type Route } from '../../http/route.ts'
import type { Page, PageRequest } from '../../storage/store.ts'
import type { Engine } from '../engine/engine.ts'
import type { AgentsModule } from '../module.ts'
import { type PageQuery, toPageRequest } from './page.ts'

/** One call of a list or item route. */
interface ResourceCall<Query, Path extends string> {
  readonly engine: Engine
  readonly exchange: Exchange
  readonly params: PathParams<Path>
  readonly query: Query
}

type Frame<Query, Path extends string> = Pick<
  Route<Query, undefined, Path>,
  'name' | 'path' | 'summary' | 'check' | 'query'
>

/** A list: how to read a page of it, and how to show the items of a page. */
interface ListSpec<Query, Path extends string, Item> extends Frame<Query, Path> {
  readonly query: z.ZodType<Query>
  /** The key of the items in the answer. @default the route's name */
  readonly key?: string
  list(page: PageRequest, call: ResourceCall<Query, Path>): Promise<Page<Item>>
  show(
    items: readonly Item[],
    call: ResourceCall<Query, Path>,
  ): readonly object[] | Promise<readonly object[]>
}

/** Defines a GET route that answers with one page, and with `nextCursor` when there are more items. */
export function listRoute<const Path extends string, Query extends PageQuery, Item>(
  { engineOf }: AgentsModule,
  { key, list, show, ...frame }: ListSpec<Query, Path, Item>,
): Route {
  return defineRoute<Path, Query>({
    ...frame,
    method: 'GET',
    async handle({ params, query }, exchange) {
      const call = { engine: engineOf(exchange), exchange, params, query }
      const { items, cursor } = await list(toPageRequest(query, exchange), call)
      const shown = await show(items, call)
      return { [key ?? frame.name]: shown, ...(cursor === null ? {} : { nextCursor: cursor }) }
    },
  })
}

/** One item: how to find it, and how to show it. */
interface ItemSpec<Query, Path extends string, Item> extends Frame<Query, Path> {
  /** Returns the item. @throws StudioError `not_found`. */
  find(params: PathParams<Path>, exchange: Exchange): Promise<Item>
  show(item: Item, call: ResourceCall<Query, Path>): object | Promise<object>
}

/** Defines a GET route that answers with one item. */
export function itemRoute<const Path extends string, Item, Query = undefined>(
  { engineOf }: AgentsModule,
  { find, show, ...frame }: ItemSpec<Query, Path, Item>,
): Route {
  return defineRoute<Path, Query>({
    ...frame,
    method: 'GET',
    async handle({ params, query }, exchange) {
      const item = await find(params, exchange)
      return show(item, { engine: engineOf(exchange), exchange, params, query })
    },
  })
}
