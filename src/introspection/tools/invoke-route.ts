import { StudioError } from '../../errors.ts'
import type { Exchange } from '../../http/exchange.ts'
import { parse } from '../../http/parse.ts'
import type { IntrospectionModule } from '../module.ts'

/** A request to one of Studio's own endpoints, by the name of its route. */
interface RouteRequest {
  readonly name: string
  readonly params?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string>>
  readonly body?: unknown
}

/**
 * Calls an endpoint of this studio through its route value, so that a tool can do exactly what a request can.
 *
 * @throws StudioError `forbidden` if this deployment does not serve the endpoint, and whatever the endpoint throws.
 */
export async function invokeRoute(
  { name, params = {}, query: parameters = {}, body }: RouteRequest,
  { routes, served }: IntrospectionModule,
  exchange: Exchange,
): Promise<unknown> {
  const route = routes().find((candidate) => candidate.name === name)
  if (!route || !(name in served().endpoints)) {
    throw new StudioError('forbidden', `This deployment does not offer ${name}`)
  }
  const query = route.query && parse(route.query, parameters, 'query')
  const input = { params, query, body: route.body && parse(route.body, body, 'arguments') }
  return route.handle(input, exchange)
}
