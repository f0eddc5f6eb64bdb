import {
  type Campaign,
  type CampaignOptions,
  type CampaignResult,
  runCampaign,
} from './campaign.ts'
import { buildInstance, type Instance } from './fleet.ts'
import { tally } from './ledger.ts'
import { buildOlderInstance, olderVersions } from './older.ts'
import { sleep } from './script.ts'

/**
 * Upgrades a fleet from each earlier version of the tables, with as many rounds for each of them, or from the one version `from`.
 */
export async function runUpgradeCampaign(
  options: CampaignOptions & { readonly from?: number },
): Promise<CampaignResult> {
  const { from, log = () => undefined } = options
  const violations: string[] = []
  const counts = new Map<string, number>()
  for (const version of from === undefined ? await olderVersions() : [from]) {
    const result = await upgradeFrom(version, options)
    violations.push(...result.violations.map((what) => `from version ${version}: ${what}`))
    for (const [what, count] of result.counts) counts.set(what, (counts.get(what) ?? 0) + count)
    log(`from version ${version}: ${result.violations.length} violations`)
  }
  return { violations, counts: [...counts] }
}

/**
 * Starts a fleet of older code on an empty database, and replaces one instance after the other by this checkout while clients use
 * all of them: the first new one upgrades the tables, and the older ones go on writing. Instances are killed throughout; once the
 * tables are newer, only new ones, because older code does not start with them.
 */
async function upgradeFrom(version: number, options: CampaignOptions): Promise<CampaignResult> {
  const present = await buildInstance()
  const older = await buildOlderInstance(version)
  const upgraded: Instance[] = []
  return runCampaign(
    options,
    async (campaign, round) => {
      const { fleet, random, ledger } = campaign
      begin(campaign)
      const part = Math.floor((4 * (round - 1)) / options.rounds) // so many instances are new in this quarter
      const old = fleet.instances.find((instance) => !upgraded.includes(instance))
      if (old && upgraded.length < part) {
        await restart(campaign, old, present)
        upgraded.push(old)
        tally(ledger, 'instances upgraded')
      } else if (upgraded.length > 0) await restart(campaign, random.pick(upgraded), present)
      else await restart(campaign, random.pick(fleet.instances), older)
    },
    { prepare: async () => ({ program: older }) },
  )
}

function begin({ workload, random }: Campaign): void {
  const runs = workload.busy() > 40 ? 0 : random.between(2, 6)
  for (let count = 0; count < runs; count++) workload.begin()
}

/** Ends an instance in the midst of its runs, and starts it with a program. */
async function restart(
  { random, ledger }: Campaign,
  instance: Instance,
  program: string,
): Promise<void> {
  await sleep(random.between(200, 1_000))
  const isGraceful = random.chance(0.3)
  tally(ledger, isGraceful ? 'instances terminated' : 'instances killed')
  await (isGraceful ? instance.terminate() : instance.kill())
  instance.use(program)
  await instance.start()
}
