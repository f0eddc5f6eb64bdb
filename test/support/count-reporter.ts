import type { Reporter, TestModule } from 'vitest/node'

/** Prints the one line CI counts by, `N passed, N failed`, after everything else. */
export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    let passed = 0
    let failed = 0
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        if (state === 'passed') passed++
        if (state === 'failed') failed++
      }
      const suites = [module, ...module.children.allSuites()]
      failed += suites.filter((suite) => suite.errors().length > 0).length
    }
    process.on('exit', () => console.log(`\n${passed} passed, ${failed} failed`))
  }
}
