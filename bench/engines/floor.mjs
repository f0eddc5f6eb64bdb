// The floor: a unit is one row, inserted and committed alone.
import postgres from 'postgres'
import { answerBench, repeat, url } from './host.mjs'

const sql = postgres(url, { max: 16, onnotice: () => undefined })
await sql`create table if not exists floor (id bigint generated always as identity primary key, value text not null)`
answerBench((count, inFlight) =>
  repeat(() => sql`insert into floor (value) values ('a step of a workflow')`, count, inFlight),
)
