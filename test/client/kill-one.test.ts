import { expect, it } from 'vitest'
import type { Fleet, Instance } from '../campaigns/fleet.ts'
import { killOne } from './matrix/servers.ts'

it('ends another instance each time, because requests stay with the one that was not ended last', async () => {
  const ended: string[] = []
  const instances = ['one', 'two'].map((name): Instance => {
    const idle = () => undefined
    const kill = async () => void ended.push(name)
    const start = async () => undefined
    const commands = { skewClock: idle, shiftIds: idle, prune: idle, use: idle }
    const rest = { terminate: start, pause: idle, resume: idle, ...commands }
    return { name, url: 'http://127.0.0.1', paused: false, start, kill, ...rest }
  })
  const fleet = { instances, up: () => instances } as unknown as Fleet
  for (let time = 0; time < 4; time++) await killOne(fleet)
  expect(ended).toEqual(['one', 'two', 'one', 'two'])
})
