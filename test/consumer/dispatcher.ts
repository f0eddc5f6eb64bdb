import { test } from 'node:test'
import { dispatcherContract } from 'fetch-studio/testing/contracts'
import { IntervalDispatcher } from './sources.ts'

const cases = dispatcherContract((onError) => new IntervalDispatcher(50, onError))
for (const { name, run } of cases) test(name, run)
