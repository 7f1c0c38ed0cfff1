// sandbox/src/site/java-nucleus/java-command.ts: the `java` that a simulated Pi finds: this machine's, with the memory of a Pi.
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { onCard } from '../card.ts'

export interface JavaCommand {
  readonly card: string
  readonly java: string
  /** Where the differences (differences.ts) are. */
  readonly differences: string
}

const RAM = '1g' // of the smallest Pi that is offered; Java takes a quarter of it for its heap

/** Puts it on the card, among the stand-ins; and a `sudo`, where this is not root, for the nucleus does everything as root on a Pi. */
export async function installJava({ card, java, differences }: JavaCommand): Promise<void> {
  const temporary = join(card, 'tmp') // what a Java that was killed has left there goes at the next start
  await rm(temporary, { recursive: true, force: true })
  await mkdir(temporary, { recursive: true })
  await install(card, 'java', [
    // set up (--start false) as on any Pi
    `case " $* " in *' --start false '*) ;; *) set -- "$@" --init-config ${quoted(differences)} ;; esac`,
    `exec ${quoted(java)} -XX:MaxRAM=${RAM} ${quoted(`-Djava.io.tmpdir=${temporary}`)} "$@"`,
  ])
  if (process.getuid?.() !== 0) await install(card, 'sudo', SUDO)
}

/** The nucleus calls `sudo -n -E -H -u <user> -g <group> -- <command>`. */
const SUDO = ['while [ "$1" != -- ]; do shift; done', 'shift', 'exec "$@"']

async function install(card: string, name: string, lines: readonly string[]): Promise<void> {
  const file = join(card, onCard.commands, name)
  await writeFile(file, ['#!/bin/sh', ...lines, ''].join('\n'))
  await chmod(file, 0o755)
}

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`
