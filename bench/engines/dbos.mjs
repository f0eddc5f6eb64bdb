// A unit is a workflow of five steps that do nothing, called directly, which is the shortest way through DBOS.
import { DBOS } from '@dbos-inc/dbos-sdk'
import { answerBench, repeat, url } from './host.mjs'

const fiveSteps = DBOS.registerWorkflow(
  async () => {
    for (let step = 0; step < 5; step++) {
      await DBOS.runStep(async () => step, { name: `step-${step}` })
    }
  },
  { name: 'five-steps' },
)
DBOS.setConfig({ name: 'bench', systemDatabaseUrl: url, logLevel: 'error' })
await DBOS.launch()
answerBench((count, inFlight) => repeat(() => fiveSteps(), count, inFlight))
