import { median } from './report.ts'

/** One operation to measure; `run` repeats it `times` times. */
export interface Contender {
  readonly name: string
  run(times: number): Promise<void>
}

/** A measured ratio and its upper limit. */
export interface Comparison {
  readonly name: string
  /** Median microseconds of CPU per operation. */
  readonly baseline: number
  readonly measured: number
  /** Median of the ratios of each round, so that a busy machine disturbs both sides equally. */
  readonly ratio: number
  readonly limit: number
}

/** Rounds per side; the sides alternate, and the first round only warms up. */
export interface Effort {
  readonly rounds: number
  readonly times: number
}

/** Compares two contenders by the CPU time of this process, in alternating rounds. */
export async function compare(
  [baseline, measured]: readonly [Contender, Contender],
  limit: number,
  { rounds, times }: Effort,
): Promise<Comparison> {
  const samples: [number, number][] = []
  for (let round = 0; round <= rounds; round++) {
    const sample: [number, number] = [
      await cpuPerOperation(baseline, times),
      await cpuPerOperation(measured, times),
    ]
    if (round > 0) samples.push(sample)
  }
  return {
    name: `${measured.name} / ${baseline.name}`,
    baseline: median(samples.map(([first]) => first)),
    measured: median(samples.map(([, second]) => second)),
    ratio: median(samples.map(([first, second]) => second / first)),
    limit,
  }
}

async function cpuPerOperation(contender: Contender, times: number): Promise<number> {
  const before = process.cpuUsage()
  await contender.run(times)
  const { user, system } = process.cpuUsage(before)
  return (user + system) / times
}
