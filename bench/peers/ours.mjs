// fetch-studio as it is published: runs in memory, answered as NDJSON under /runs and as a UI message stream under /chat.
import { defineAgent, defineTool, Studio } from 'fetch-studio'
import { serve } from 'fetch-studio/node'
import { aiSdkUi } from 'fetch-studio/protocols'
import { z } from 'zod'
import { answerBench, findOrder, instructions, lookup } from './host.mjs'
import { aiSdkModel } from './model.mjs'

const tool = defineTool({ ...lookup, input: z.object({ id: z.string() }), execute: findOrder })
const agent = defineAgent({ id: 'bench', instructions, model: aiSdkModel, tools: [tool] })
const most = 5_000
const studio = new Studio([agent], {
  introspection: false,
  protocols: [aiSdkUi()],
  limits: { runs: most, streams: most, tenantStreams: most, tenantRuns: most, agentRuns: most },
})
const { url } = await serve(studio, { port: 0, log: false, handleSignals: false })
answerBench(Number(new URL(url).port))
