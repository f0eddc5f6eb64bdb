import {
  type Campaign,
  type CampaignOptions,
  type CampaignResult,
  runCampaign,
} from './campaign.ts'
import type { Instance } from './fleet.ts'
import { tally } from './ledger.ts'
import { sleep } from './script.ts'

/** Kills and restarts random instances while clients of all kinds use them. */
export function runCrashCampaign(options: CampaignOptions): Promise<CampaignResult> {
  const restarts = new Set<Promise<void>>()
  return runCampaign(options, async (campaign, round) => {
    await disturb(campaign, restarts)
    if (round === options.rounds) await Promise.all(restarts)
  })
}

/** Runs one round: starts some runs, then kills one or two instances, and restarts those a little later. */
async function disturb(campaign: Campaign, restarts: Set<Promise<void>>): Promise<void> {
  const { fleet, random, workload } = campaign
  const runs = workload.busy() > 60 ? 0 : random.between(2, 6)
  for (let count = 0; count < runs; count++) workload.begin()
  await sleep(random.between(200, 1_200))
  for (let kills = random.chance(0.2) ? 2 : 1; kills > 0; kills--) {
    const up = fleet.up()
    if (up.length === 0) break
    const restart = replace(campaign, random.pick(up)).finally(() => restarts.delete(restart))
    restarts.add(restart)
  }
  await sleep(random.between(50, 500))
}

async function replace({ ledger, random }: Campaign, instance: Instance): Promise<void> {
  const isGraceful = random.chance(0.1)
  tally(ledger, isGraceful ? 'instances terminated' : 'instances killed')
  await (isGraceful ? instance.terminate() : instance.kill())
  await sleep(random.between(0, 800))
  await instance.start()
}
