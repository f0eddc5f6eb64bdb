// A unit is a job that does nothing: sent, fetched and completed one by one.
import PgBoss from 'pg-boss'
import { answerBench, repeat, url } from './host.mjs'

const boss = new PgBoss(url)
boss.on('error', (error) => console.error(error))
await boss.start()
await boss.createQueue('bench')
answerBench((count, inFlight) =>
  repeat(
    async () => {
      await boss.send('bench', { go: true })
      const [job] = await boss.fetch('bench')
      if (job) await boss.complete('bench', job.id)
      else throw new Error('pg-boss returned no job although one was sent')
    },
    count,
    inFlight,
  ),
)
