// sandbox/src/story/terminal-story.ts: the story for a person at a terminal: steps with their ticks, then the fleet, which stays current.
import type { SandboxPi } from '@fleet/contract/sandbox-control'
import { liveBlock, type Screen } from './live-block.ts'
import { jsonObject } from './log-story.ts'
import { piLine } from './pi-line.ts'
import type { Overview, Step, Story } from './story.ts'
import { coloured, cut, harmless, painted, plain, unpainted, wrapped, type Line, type Piece } from './text.ts'
import { warnings } from './warnings.ts'

const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'] // U+2800…: one column wide
const TURN_MS = 100

export interface TerminalStoryOptions {
  readonly screen: Screen
  readonly isColoured: boolean
}

export function terminalStory({ screen, isColoured }: TerminalStoryOptions): Story {
  const block = liveBlock(screen, isColoured ? painted : unpainted)
  const running = new Map<string, Step>()
  const pis = new Map<string, SandboxPi>()
  const startedAtMs = new Map<string, number>()
  const said = warnings()
  let footer: readonly Line[] = []
  let hint = ''
  let turn = 0
  let spinning: NodeJS.Timeout | undefined
  const show = () => block.show(({ rows }) => compose({ running: [...running.values()].map((step) => ({ ...step, tookMs: performance.now() - (startedAtMs.get(step.title) ?? 0) })), turn, untold: said.untold, pis: [...pis.values()], footer, hint, rows }))
  const spin = () => {
    clearInterval(spinning)
    spinning = running.size === 0 ? undefined : setInterval(() => (turn++, show()), TURN_MS)
  }
  return {
    step(step) {
      if (step.state === 'started') startedAtMs.set(step.title, performance.now())
      if (step.state === 'started' || step.state === 'going') running.set(step.title, step)
      else running.delete(step.title)
      if (step.state === 'done') block.print([cut(stepLine(coloured('green', ' ✔ '), step), screen.columns - 1)])
      if (step.state === 'failed') block.print([cut(stepLine(coloured('red', ' ✘ '), step), screen.columns - 1)])
      spin()
      show()
    },
    pi(pi) {
      pis.set(pi.serial, pi)
      show()
    },
    line({ source }, line) {
      if (source === 'pi') return // its own line says how it stands
      const warning = warningOf(line)
      if (warning === undefined) return
      if (!said.isTold(`${source} ${warning}`, performance.now())) return show()
      block.print([cut([coloured('yellow', ` ! ${source}`), plain(`  ${warning}`)], screen.columns - 1)])
    },
    ready(overview) {
      footer = ending(overview)
      hint = 'Ctrl-C ends everything; what the fleet is stays for the next start.'
      if (footer.length + pis.size + 2 > screen.rows) {
        block.print(footer) // the fleet needs the room
        footer = []
      }
      show()
    },
    failed({ code, message, remedy }) {
      const columns = Math.max(40, screen.columns - 8)
      const part = (label: string, text: string): Line[] => text.split('\n').flatMap((each) => wrapped(harmless(each), columns)).map((each, index) => [coloured('red', ` ${(index === 0 ? label : '').padEnd(6)}`), plain(each)])
      block.print([[], ...part('error', message), ...part('do', remedy), ...part('code', `${code} (docs/ERRORS.md)`), []])
    },
    ending(why) {
      hint = `${why}: switching everything off …`
      footer = []
      show()
    },
    end() {
      clearInterval(spinning)
      block.show(() => []) // what it would go on showing is not so any more
      block.end()
    },
  }
}

interface Scene {
  readonly running: readonly Step[]
  readonly turn: number
  /** Warnings that had no room. */
  readonly untold: number
  readonly pis: readonly SandboxPi[]
  readonly footer: readonly Line[]
  readonly hint: string
  readonly rows: number
}

function compose({ running, turn, untold, pis, footer, hint, rows }: Scene): Line[] {
  const steps = running.map((step) => stepLine(coloured('cyan', ` ${SPINNER[turn % SPINNER.length] ?? ''} `), step))
  const more: Line[] = untold > 0 ? [[coloured('yellow', ` ! ${untold} more warnings`), coloured('dim', '  log/sandbox.log in the state folder has them all')]] : []
  const after = [...(footer.length > 0 ? footer : []), ...(hint === '' ? [] : [[coloured('dim', ` ${hint}`)]])]
  const room = Math.max(1, rows - steps.length - more.length - after.length - 1)
  const shown = pis.length > room ? pis.slice(0, room - 1) : pis
  const rest: Line[] = shown.length < pis.length ? [[coloured('dim', ` … and ${pis.length - shown.length} more: see the console page, or npx fleet status`)]] : []
  return [...more, ...steps, ...(shown.length > 0 && rows > 4 ? [[]] : []), ...shown.map(piLine), ...rest, ...after]
}

const TITLE_WIDTH = 30 // the longest title of an opening, and a space

const stepLine = (mark: Piece, { title, note, tookMs }: Step): Line =>
  [mark, plain(title.padEnd(TITLE_WIDTH)), coloured('dim', `${(tookMs / 1000).toFixed(1)} s`.padStart(7)), ...(note === '' ? [] : [coloured('dim', `  ${harmless(note)}`)])]

/** What a reader needs of a warning's fields, in the order of a sentence; the log file has all of them. */
const TELLING = ['eventType', 'clientId', 'topicName', 'why', 'reason', 'details', 'line', 'message', 'error', 'cause']

/** A warning or an error in one line. */
function warningOf(line: string): string | undefined {
  const said = jsonObject(line)
  if (said === undefined) return harmless(line)
  if (said['level'] !== 'warn' && said['level'] !== 'error') return undefined
  return harmless([String(said['event']), ...toldBy(said)].join(': '))
}

const toldBy = (fields: Readonly<Record<string, unknown>>): string[] =>
  TELLING.flatMap((key) => {
    const value = fields[key]
    if (typeof value === 'string') return [value]
    return typeof value === 'object' && value !== null ? toldBy({ ...value }) : []
  })

function ending({ endpoints: { gateway, mqtt, console, caFile, accountId, region }, pis }: Overview): Line[] {
  const serial = pis[0]?.serial ?? '<serial>'
  const address = (label: string, value: string): Line => [plain(` ${label.padEnd(14)}`), coloured('cyan', value)]
  const command = (words: string, what: string): Line => [plain(`   npx fleet ${words}`.padEnd(58)), coloured('dim', what)]
  return [
    [],
    address('Console page', console),
    address('AWS endpoint', `${gateway}  (account ${accountId}, ${region})`),
    address('MQTT', `mqtts://${mqtt.host}:${mqtt.port}  (CA: ${caFile})`),
    [],
    [coloured('bold', ' Try in a second terminal:')],
    command('status', 'the whole fleet'),
    command(`led ${serial} --frequency 5`, 'blink five times a second'),
    command(`sandbox press ${serial}`, 'press the button: the LED goes off or on'),
    command('sandbox power on 10000000deadbeef', 'a board that is not on the allowlist'),
    command('allowlist plan', 'then add its line to allowlist.txt, and apply'),
    [],
  ]
}
