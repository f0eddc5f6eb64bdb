export declare const url: string
export declare function answerBench(
  runAll: (count: number, inFlight: number) => Promise<void>,
): void
export declare function repeat(
  run: () => Promise<unknown>,
  count: number,
  inFlight: number,
): Promise<void>
export declare function drained(
  hasRunAll: () => boolean,
  countOpen: () => Promise<number>,
): Promise<void>
