import { detectRuntime } from '../../lib/host-runtime.ts'

/** Returns the name and the version of the runtime, such as `node 20.20.2`. */
export function describeRuntime({ name, version } = detectRuntime()): string {
  return [name, version].filter(Boolean).join(' ')
}
