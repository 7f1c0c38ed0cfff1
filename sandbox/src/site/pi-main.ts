// sandbox/src/site/pi-main.ts: the process of one simulated Pi. It leads a process group of its own, which ends with it.
import { join } from 'node:path'
import { jsonLog } from '@fleet/log'
import { onCard } from './card.ts'
import { javaNucleus } from './java-nucleus/java-nucleus.ts'
import type { FromPi, PowerOn, ToPi } from './messages.ts'
import { killProcessGroups } from './nucleus/lifecycle/process-groups.ts'
import { startNucleus } from './nucleus/nucleus.ts'
import { nucleusPaths } from './nucleus/paths.ts'
import { switchOn } from './simulated-pi.ts'

const power = JSON.parse(process.argv[2] ?? '') as PowerOn // written by pi.ts
const log = jsonLog({ source: 'pi' })
const nucleusLog = jsonLog({ source: 'nucleus', least: 'warn' }) // all of it is on the card, in greengrass.log
const tell = (message: FromPi) => void process.send?.(message, () => {}) // a parent that is gone hears nothing

process.once('disconnect', endGroup) // the parent has ended, however: nothing may be left behind

const pi = await switchOn(power, {
  startNucleus: power.distribution ? javaNucleus({ distribution: power.distribution, card: power.card, log: nucleusLog }) : (host) => startNucleus({ ...host, log: nucleusLog }),
  tell: (stand) => tell({ tell: 'stand', stand }),
  power: { reboot: () => void leave({ tell: 'rebooting' }), off: () => void leave() },
  log,
  hostPath: process.env['PATH'] ?? '',
})

process.on('message', (message: ToPi) => void obey(message))
process.once('SIGTERM', () => void leave())

async function obey({ id, ...command }: ToPi): Promise<void> {
  if (command.ask === 'shut-down') return leave({ tell: 'done', id })
  try {
    await pi.obey(command)
    tell({ tell: 'done', id })
  } catch (error) {
    tell({ tell: 'failed', id, why: error instanceof Error ? error.message : String(error) })
  }
}

/** Stops everything in order, says so, and ends the group. */
async function leave(last?: FromPi): Promise<void> {
  try {
    await pi.shutDown()
  } catch (error) {
    log.error('shutting down has failed; the power goes off all the same', { error })
  }
  if (last !== undefined) await new Promise((told) => process.send?.(last, told))
  endGroup()
}

/** Everything that runs on this Pi: its components, which have groups of their own, then this process's group with itself. */
function endGroup(): void {
  killProcessGroups(nucleusPaths(join(power.card, onCard.nucleusRoot)).processGroups)
  process.kill(-process.pid, 'SIGKILL')
}
