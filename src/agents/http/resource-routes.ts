import type { z } from 'zod'
import type { Exchange } from '../../http/exchange.ts'
import { defineRoute, type LazySchema, type PathParams, type Route } from '../../http/route.ts'
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

type Frame<Query, Path extends string, Answer> = Pick<
  Route<Query, undefined, Path, Answer>,
  'name' | 'operationId' | 'tags' | 'path' | 'summary' | 'check' | 'query' | 'errors'
> & { readonly answer: LazySchema<Answer> }

/** A list: how to read a page of it, and how to show the items of a page. */
interface ListSpec<Query, Path extends string, Item, Answer> extends Frame<Query, Path, Answer> {
  readonly query: z.ZodType<Query>
  list(page: PageRequest, call: ResourceCall<Query, Path>): Promise<Page<Item>>
  /** Returns the answer, except the cursor of the next page. */
  show(
    items: readonly Item[],
    call: ResourceCall<Query, Path>,
  ): Omit<Answer, 'nextCursor'> | Promise<Omit<Answer, 'nextCursor'>>
}

/** Defines a GET route that answers with one page, and with `nextCursor` when there are more items. */
export function listRoute<
  const Path extends string,
  Query extends PageQuery,
  Item,
  Answer extends { readonly nextCursor?: string },
>(
  { engineOf }: AgentsModule,
  { list, show, ...frame }: ListSpec<Query, Path, Item, Answer>,
): Route {
  return defineRoute<Path, Query, undefined, Omit<Answer, 'nextCursor'> | Answer>({
    ...frame,
    method: 'GET',
    async handle({ params, query }, exchange) {
      const call = { engine: engineOf(exchange), exchange, params, query }
      const { items, cursor } = await list(toPageRequest(query, exchange), call)
      const shown = await show(items, call)
      return cursor === null ? shown : { ...shown, nextCursor: cursor }
    },
  })
}

/** One item: how to find it, and how to show it. */
interface ItemSpec<Query, Path extends string, Item, Answer> extends Frame<Query, Path, Answer> {
  /** Returns the item. @throws StudioError `not_found`. */
  find(params: PathParams<Path>, exchange: Exchange): Promise<Item>
  show(item: Item, call: ResourceCall<Query, Path>): Answer | Promise<Answer>
}

/** Defines a GET route that answers with one item. */
export function itemRoute<const Path extends string, Item, Answer, Query = undefined>(
  { engineOf }: AgentsModule,
  { find, show, ...frame }: ItemSpec<Query, Path, Item, Answer>,
): Route {
  return defineRoute<Path, Query, undefined, Answer>({
    ...frame,
    method: 'GET',
    async handle({ params, query }, exchange) {
      const item = await find(params, exchange)
      return show(item, { engine: engineOf(exchange), exchange, params, query })
    },
  })
}
