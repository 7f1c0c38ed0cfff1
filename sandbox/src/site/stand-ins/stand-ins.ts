// sandbox/src/site/stand-ins/stand-ins.ts: the commands of Raspberry Pi OS that a simulated Pi needs and this machine may not have, or must not be asked.
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onPath } from '@fleet/ops/shell/on-path'
import { onCard } from '../card.ts'
import { VERSION } from '../docker/docker.ts'
import { answerPipe, DOCKER_DOOR } from '../docker/engine-door.ts'
import { COMPILED } from './compiled.ts'
import { quotedForShell as quoted } from './shell-quoting.ts'

/** Puts them on the card; answers the PATH with which the Pi finds them before this machine's. */
export async function installStandIns(card: string, hostPath: string): Promise<string> {
  const folder = join(card, onCard.commands)
  await mkdir(folder, { recursive: true })
  for (const [name, text] of Object.entries(standIns(hostPath))) {
    await writeFile(join(folder, name), text)
    await chmod(join(folder, name), 0o755)
  }
  return [folder, hostPath].join(delimiter)
}

function standIns(hostPath: string): Record<string, string> {
  return {
    docker: DOCKER,
    ...Object.fromEntries(['systemctl', 'reboot', 'poweroff', 'apt-get'].map((name) => [name, ASKS_PI])),
    dpkg: DPKG,
    'dpkg-query': `#!/bin/sh\nexec cat "$FLEET_ROOT/${onCard.packages}"\n`, // «status name version», which is all that is asked for
    vcgencmd: "#!/bin/sh\necho 'throttled=0x0'\n",
    ...(onPath('openssl', hostPath) !== undefined ? {} : { openssl: runsNode('./openssl.ts') }),
  }
}

/**
 * `exec`: the shell becomes Node, no process stays between. Execve is experimental in Node 24, which is of no use to a Pi's log.
 * `--`: else Node itself takes an `--env-file` that is meant for docker.
 */
const runsNode = (script: string) => `#!/bin/sh\n${startsNode(script)}`

const startsNode = (script: string) =>
  `NODE_COMPILE_CACHE=${quoted(COMPILED)} exec ${quoted(process.execPath)} --disable-warning=ExperimentalWarning -- ${quoted(fileURLToPath(new URL(script, import.meta.url)))} "$@"\n`

/**
 * Asks the engine in the Pi's process (engine.ts), which reads in /proc what was asked, and answers with what is to be done. Where there is
 * none, or it cannot do this one, Node does it here.
 */
const DOCKER = `#!/bin/sh
case "$1" in -v | --version) echo 'Docker version ${VERSION}, build sandbox' && exit ;; esac
run=$FLEET_ROOT/run
if [ -p "$run/${DOCKER_DOOR}" ] && [ -r "/proc/$$/environ" ] && mkfifo -m 600 "$run/${answerPipe('$$')}"; then
  echo $$ > "$run/${DOCKER_DOOR}"
  . "$run/${answerPipe('$$')}"
fi
${startsNode('../docker/main.ts')}`

/** The Pi's process is its systemd and its apt; it listens at file descriptor 3 of the scripts that it runs (script.ts), so a call costs no second process. */
const ASKS_PI = `#!/bin/sh
printf '%s\\n' "\${0##*/} $*" >&3 || exit 1
IFS=' ' read -r code text <&3 || exit 1
if [ -n "$text" ]; then printf '%s\\n' "$text"; fi
exit "$code"
`

/** What a power cut has left unpacked (iU) is configured, or told. */
const DPKG = `#!/bin/sh
packages=$FLEET_ROOT/${onCard.packages}
case "$1" in
  --audit) grep '^iU' "$packages" || true ;;
  --configure) sed 's/^iU/ii/' "$packages" > "$packages.new" && mv "$packages.new" "$packages" ;;
  *) echo "dpkg (sandbox): only --audit and --configure -a are offered" >&2 && exit 2 ;;
esac
`
