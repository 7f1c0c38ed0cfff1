// sandbox/src/site/board/kernel-files.test.ts: what the kernel of a simulated Pi tells, cold and hot.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { KERNEL_FILES, kernelFiles } from './kernel-files.ts'

test('a board tells its load, memory, temperature and throttling; a hot one is throttled', () => {
  const card = mkdtempSync(join(tmpdir(), 'kernel-files-'))
  onTestFinished(() => rmSync(card, { recursive: true, force: true }))
  const read = (name: keyof typeof KERNEL_FILES) => readFileSync(join(card, KERNEL_FILES[name]), 'utf8')
  {
    using _ = kernelFiles(card)
    expect(read('stat')).toMatch(/^cpu {2}\d+ 0 0 \d+ /)
    expect(read('memory')).toMatch(/^MemTotal: +\d+ kB\nMemAvailable: +\d+ kB\n$/)
    expect(Number(read('temperature'))).toBeGreaterThanOrEqual(44_000)
    expect(Number(read('temperature'))).toBeLessThanOrEqual(58_000)
    expect(read('throttled')).toBe('0\n')
  }
  mkdirSync(join(card, 'etc'))
  writeFileSync(join(card, KERNEL_FILES.heatFault), '')
  using _ = kernelFiles(card)
  expect(read('temperature')).toBe('86000\n')
  expect(Number.parseInt(read('throttled'), 16)).toBe(0xc000c)
})
