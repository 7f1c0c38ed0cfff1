// ops/src/doctor/command.ts: `fleet doctor`: what it takes, and what its help says.
import type { Command } from 'commander'
import { fleetCommand, runs } from '../shell/fleet-command.ts'

export const doctorCommand = (): Command =>
  fleetCommand('doctor', {
    summary: 'Look whether a stage is as it should be, and say what to do',
    description: `  tools        what this machine needs for the stage
  list file    whether allowlist.txt can be read
  credentials  whether there are any, of the stage's account
  stack        whether the cloud is what this checkout would deploy
  drift        whether all that the stack has made is still there
  secrets key  whether the key of the stack's secrets can be used, renews itself, and seals them
  claim        whether new devices can introduce themselves, and how old their claim is
  allowlist    whether list, its copy in the cloud and the registry agree
  devices      how many are active, unhealthy, refused
  job events   whether the account tells when a rotation has ended
  audit        what the latest audit of the account has found
  quotas       whether AWS's default quotas have room for this fleet

Changes nothing. The exit code is 1 when there is an error; warnings leave it at 0.`,
    examples: [
      ['fleet doctor', 'stage dev'],
      ['fleet doctor --stage prod --json', 'for a program'],
    ],
  }).action(runs(async () => (await import('./run.ts')).runDoctor))
