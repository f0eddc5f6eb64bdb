import { StudioError } from '../../errors.ts'
import type { Exchange } from '../../http/exchange.ts'
import { parse } from '../../http/parse.ts'
import type { Introspection } from '../module.ts'

/** A request to one of Studio's own endpoints. */
export interface RouteRequest {
  readonly name: string
  readonly params?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string>>
  readonly body?: unknown
}

/** Asks an endpoint of this studio as its route value, so that a tool can do neither more nor less than a request. @throws StudioError `forbidden` where it is not served. */
export async function askRoute(
  { name, params = {}, query: given = {}, body }: RouteRequest,
  { routes, offer }: Introspection,
  exchange: Exchange,
): Promise<unknown> {
  const route = routes().find((one) => one.name === name)
  if (!route || !(name in offer().endpoints)) {
    throw new StudioError('forbidden', `This deployment does not offer ${name}`)
  }
  const query = route.query && parse(route.query, given, 'query')
  const input = { params, query, body: route.body && parse(route.body, body, 'arguments') }
  return route.handle(input, exchange)
}
