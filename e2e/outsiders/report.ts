// e2e/outsiders/report.ts: tells what the suites find: each failure when it happens, one line for each suite.

export interface Report {
  checked(suite: string, what: string, why?: string): void
  skipped(suite: string, why: string): void
  ended(suite: string, seconds: number): void
  end(): void
  readonly failures: number
}

export function terminalReport(print: (line: string) => void, isVerbose: boolean): Report {
  const counts = new Map<string, { checks: number; failures: number }>()
  const skipped: string[] = []
  const countOf = (suite: string) => {
    const count = counts.get(suite) ?? { checks: 0, failures: 0 }
    counts.set(suite, count)
    return count
  }
  const failures = () => [...counts.values()].reduce((sum, count) => sum + count.failures, 0)
  return {
    checked(suite, what, why) {
      const count = countOf(suite)
      count.checks += 1
      if (why !== undefined) {
        count.failures += 1
        print(`✗ ${suite}: ${what}\n${indented(why)}`)
      } else if (isVerbose) print(`✓ ${suite}: ${what}`)
    },
    skipped(suite, why) {
      skipped.push(suite)
      print(`– ${suite} skipped: ${why}`)
    },
    ended(suite, seconds) {
      const { checks, failures: failed } = countOf(suite)
      print(`${failed === 0 ? '✓' : '✗'} ${suite}: ${checks} checks, ${failed === 0 ? 'all hold' : `${failed} failed`}, ${seconds.toFixed(1)} s`)
    },
    end() {
      const failed = failures()
      print(failed === 0 ? `all suites passed${skipped.length > 0 ? `; skipped: ${skipped.join(', ')}` : ''}` : `${failed} checks failed`)
    },
    get failures() {
      return failures()
    },
  }
}

const indented = (text: string) => text.trimEnd().replace(/^/gm, '    ')
