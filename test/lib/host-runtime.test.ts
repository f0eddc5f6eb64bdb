import { describe, expect, it } from 'vitest'
import { readVariable } from '../../src/lib/environment.ts'
import { detectRuntime } from '../../src/lib/host-runtime.ts'

describe('detectRuntime', () => {
  const versions = { node: '20.20.2' }
  it.each([
    ['node', '20.20.2', { process: { versions } }],
    ['bun', '1.4.5', { Bun: { version: '1.4.5' }, process: { versions } }],
    ['deno', '2.9.6', { Deno: { version: { deno: '2.9.6' } }, process: { versions } }],
    ['workerd', null, { navigator: { userAgent: 'Cloudflare-Workers' }, process: { versions } }],
    ['unknown', null, {}],
  ])('detectRuntime recognises %s', (name, version, scope) => {
    expect(detectRuntime(scope)).toEqual({ name, version })
  })

  it('detectRuntime recognises the Node that runs this test', () => {
    expect(detectRuntime()).toEqual({ name: 'node', version: process.versions.node })
  })
})

describe('readVariable', () => {
  it('readVariable returns undefined for a variable that is empty or unset', () => {
    const scope = { process: { env: { SET: 'yes', EMPTY: '' } } }
    expect(readVariable('SET', scope)).toBe('yes')
    expect(readVariable('EMPTY', scope)).toBeUndefined()
    expect(readVariable('MISSING', scope)).toBeUndefined()
  })

  it('readVariable returns undefined when the host has no environment or denies access', () => {
    const denied = {
      get env(): never {
        throw new Error('NotCapable')
      },
    }
    expect(readVariable('SET', {})).toBeUndefined()
    expect(readVariable('SET', { process: denied })).toBeUndefined()
  })
})
