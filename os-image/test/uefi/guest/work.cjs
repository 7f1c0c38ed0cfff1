// os-image/test/uefi/guest/work.cjs: a fixed piece of one core's work; prints the milliseconds of the quickest of some runs. The same on the emulated machine and on this one says how much slower that one is.
const { createHash } = require('node:crypto')
const { performance } = require('node:perf_hooks')
const { stdout } = require('node:process')
const { gzipSync } = require('node:zlib')

const RUNS = 5
const text = JSON.stringify(Array.from({ length: 20_000 }, (_, index) => ({ index, digest: createHash('md5').update(String(index)).digest('hex') })))

function once() {
  const began = performance.now()
  JSON.stringify(JSON.parse(text).sort((a, b) => (a.digest < b.digest ? -1 : 1)))
  gzipSync(text)
  return performance.now() - began
}

stdout.write(Math.min(...Array.from({ length: RUNS }, once)).toFixed(0))
