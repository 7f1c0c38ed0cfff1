// console/src/pages/cost.tsx: what a fleet of some size costs in a month, as `fleet cost` estimates it.
import { COMPONENTS } from '@fleet/contract/names'
import { ownDesign, USUAL } from '@fleet/ops/cost/designs'
import { estimate, SERVICES, total } from '@fleet/ops/cost/estimate'
import { PRICES } from '@fleet/ops/cost/prices'
import { refine } from '../address.ts'
import type { PageProps } from './page-props.ts'
import { Command } from '../parts/command.tsx'
import { Table, type TableColumn } from '../parts/table.tsx'

/** As the command's own defaults. */
const USUALLY = { devices: 100, messages: 1, kb: 10 }
const REPORT_KB = 0.5
const LOGS_KEPT_DAYS = 30

const usd = (amount: number) => amount.toLocaleString('en-US', { style: 'currency', currency: 'USD' })

interface Row {
  readonly name: string
  /** USD a month. */
  readonly usual: number
  readonly here: number
}

const COLUMNS: readonly TableColumn<Row>[] = [
  { title: 'Service', isHead: true, cell: ({ name }) => name },
  { title: 'usual', look: 'number', cell: ({ usual: amount }) => usd(amount) },
  { title: 'here', look: 'number', cell: ({ here }) => usd(here) },
]

export function CostPage({ address }: PageProps) {
  const given = (name: keyof typeof USUALLY) => Math.max(0, Number(address[name] ?? USUALLY[name])) || USUALLY[name]
  const fleet = { devices: given('devices'), messagesPerMinute: given('messages'), messageKb: given('kb') }
  const { usual, ours, savings } = estimate(fleet, { usual: USUAL, ours: ownDesign({ reportKb: REPORT_KB, batch: 1, logsKeptDays: LOGS_KEPT_DAYS, components: COMPONENTS.length }) }, PRICES)
  const rows: readonly Row[] = [...SERVICES.map((name) => ({ name, usual: usual[name], here: ours[name] })), { name: 'Together', usual: total(usual), here: total(ours) }]
  const field = (name: keyof typeof USUALLY, title: string) => (
    <label>
      {title}
      <input type="number" min="0.01" step="any" value={given(name)} onChange={({ currentTarget }) => refine({ [name]: currentTarget.value })} />
    </label>
  )
  return (
    <>
      <h1>Cost</h1>
      <form class="tools" onSubmit={(event) => event.preventDefault()}>
        {field('devices', 'Devices')}
        {field('messages', 'Messages a minute of each')}
        {field('kb', 'kB of each')}
        <Command>{`fleet cost --devices ${fleet.devices} --messages-per-minute ${fleet.messagesPerMinute} --message-kb ${fleet.messageKb}`}</Command>
      </form>
      <p>
        USD a month, prices of {PRICES.region}, {PRICES.asOf}. «Usual»: each message through the broker to a function.
      </p>
      <Table columns={COLUMNS} rows={rows} keyOf={({ name }) => name} />
      <ul>
        {savings.map(({ by, usd: saved }) => (
          <li key={by}>
            {by}: {usd(saved)}
          </li>
        ))}
      </ul>
    </>
  )
}
