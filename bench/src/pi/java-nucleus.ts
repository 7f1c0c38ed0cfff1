// bench/src/pi/java-nucleus.ts: what one Pi with the real Greengrass nucleus takes of the machine, for comparison with the simulated one.
import { findDistribution } from '@fleet/sandbox/site/java-nucleus/distribution'
import type { Bench } from '../bench.ts'
import type { Figure } from '../figure.ts'
import { HOW, measureOnePi } from './one-pi.ts'

export const bench: Bench = {
  how: `${HOW}; the Pi runs the nucleus that FLEET_NUCLEUS_DIST names, as \`npm start -- --nucleus java\` does`,
  async run(tell) {
    const found = findDistribution(process.env)
    if (!found.isThere) return { figures: [], skipped: found.why }
    const { processes, memory: { rssMb, pssMb }, startSeconds } = await measureOnePi(tell, found)
    const what = `one Pi with the Java nucleus (${processes.length} processes)`
    const figures: Figure[] = [
      ...(pssMb === undefined ? [] : [{ what: `${what}, PSS`, value: pssMb, unit: 'MB' }]),
      { what: `${what}, RSS`, value: rssMb, unit: 'MB' },
      { what: 'with the Java nucleus: switched on to connected with both components RUNNING', value: startSeconds, unit: 's' },
    ]
    return { figures }
  },
}
