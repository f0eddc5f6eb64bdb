import { badRequest } from '../errors.ts'
import type { SchemaFault } from '../lib/standard-schema.ts'
import type { NewRun, NewSession } from './store.ts'

/** The most bytes of UTF-8 that a value may have by which rows are found. PostgreSQL refuses about 2,700 in an index. */
const maxKeyBytes = 512

const encoder = new TextEncoder()

/** @throws StudioError `bad_request` when a value by which the run will be found is too long. */
export function checkNewRun({ tenant, agentId, idempotency }: NewRun): void {
  check({ tenant, agentId, 'idempotency-key': idempotency?.key ?? '' })
}

/** @throws StudioError `bad_request` when a value by which the session will be found is too long. */
export function checkNewSession({ id, tenant, agentId }: NewSession): void {
  check({ id, tenant, agentId })
}

function check(keys: Readonly<Record<string, string>>): void {
  const faults: SchemaFault[] = Object.entries(keys)
    .filter(([, value]) => value.length * 3 > maxKeyBytes)
    .filter(([, value]) => encoder.encode(value).length > maxKeyBytes)
    .map(([path]) => ({ path, message: `must have at most ${maxKeyBytes} bytes` }))
  if (faults.length > 0) throw badRequest('A value is too long to be a key', faults)
}
