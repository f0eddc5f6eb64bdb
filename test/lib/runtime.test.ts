import { describe, expect, it } from 'vitest'
import { detectRuntime, readVariable } from '../../src/lib/runtime.ts'

describe('detectRuntime', () => {
  const versions = { node: '20.20.2' }
  it.each([
    ['node', '20.20.2', { process: { versions } }],
    ['bun', '1.4.5', { Bun: { version: '1.4.5' }, process: { versions } }],
    ['deno', '2.9.6', { Deno: { version: { deno: '2.9.6' } }, process: { versions } }],
    ['workerd', null, { navigator: { userAgent: 'Cloudflare-Workers' }, process: { versions } }],
    ['unknown', null, {}],
  ])('tells %s', (name, version, scope) => {
    expect(detectRuntime(scope)).toEqual({ name, version })
  })

  it('tells what runs this test', () => {
    expect(detectRuntime()).toEqual({ name: 'node', version: process.versions.node })
  })
})

describe('readVariable', () => {
  it('reads a variable, and takes an empty one for none', () => {
    const scope = { process: { env: { SET: 'yes', EMPTY: '' } } }
    expect(readVariable('SET', scope)).toBe('yes')
    expect(readVariable('EMPTY', scope)).toBeUndefined()
    expect(readVariable('MISSING', scope)).toBeUndefined()
  })

  it('reads nothing where the host has none, or keeps them to itself', () => {
    const secretive = {
      get env(): never {
        throw new Error('NotCapable')
      },
    }
    expect(readVariable('SET', {})).toBeUndefined()
    expect(readVariable('SET', { process: secretive })).toBeUndefined()
  })
})
