// bench/src/pi/simulated-pi.ts: what one simulated Pi takes of the machine, and how long its core needs to come back.
import type { Bench } from '../bench.ts'
import type { Figure } from '../figure.ts'
import type { Memory } from '../processes.ts'
import { HOW, measureOnePi } from './one-pi.ts'

export const bench: Bench = {
  how: HOW,
  async run(tell) {
    const { processes, memory, startSeconds } = await measureOnePi(tell, undefined)
    return {
      figures: [
        ...memoryFigures(`one simulated Pi (${processes.length} processes)`, memory),
        { what: 'switched on to connected with both components RUNNING', value: startSeconds, unit: 's' },
      ],
    }
  },
}

/** Where the system tells no PSS, RSS stands for it, which is more. */
function memoryFigures(what: string, { rssMb, pssMb }: Memory): readonly Figure[] {
  const target = { atMost: 250 }
  const rss: Figure = { what: `${what}, RSS`, value: rssMb, unit: 'MB', note: 'counts each page that its processes share, such as the program code of Node.js, once for every one of them' }
  if (pssMb === undefined) return [{ ...rss, target }]
  return [{ what: `${what}, PSS`, value: pssMb, unit: 'MB', target, note: 'what its processes take of the machine together: a page that several share is divided among them' }, rss]
}
