// console/src/pages/alarms/alarms-part.tsx: what is wrong now, of the fleet or of one device, and who looks after it.
import type { Alarm as OfDevice } from '@fleet/contract/alarm'
import { useAction } from '../../asked.ts'
import type { Cloud } from '../../cloud/clients.ts'
import type { Listening } from '../../cloud/messages.ts'
import { Command, stageOption } from '../../parts/command.tsx'
import { FailureNote } from '../../parts/failure-note.tsx'
import { PageLink } from '../../parts/page-link.tsx'
import { StatePill } from '../../parts/state-pill.tsx'
import { ago } from '../../time.ts'
import { useAlarms } from './use-alarms.ts'

export interface AlarmsPartProps {
  readonly cloud: Cloud
  readonly messages: Listening | undefined
  /** Undefined: the whole fleet. */
  readonly serial?: string
}

/** When the network of a site fails, a thousand are not read one by one. */
const MOST_SHOWN = 20

export function AlarmsPart({ cloud, messages, serial }: AlarmsPartProps) {
  const { value: alarms, failure, again } = useAlarms(cloud, messages, serial)
  const action = useAction()
  const { stage, sandbox } = cloud.session.settings
  const option = stageOption(stage, sandbox !== undefined)
  const acknowledge = async (alarm: OfDevice) => {
    await action.act(async () => (await import('../../cloud/alarms.ts')).acknowledge(cloud, alarm))
    again()
  }
  const unseen = alarms?.filter(({ acknowledged }) => acknowledged === undefined).length ?? 0
  return (
    <section aria-labelledby="alarms" class={`alarms ${unseen > 0 ? 'ringing' : ''}`}>
      <h2 id="alarms">Alarms</h2>
      <p role="status">{alarms === undefined ? 'asking …' : alarms.length === 0 ? 'No alarm is open.' : `${alarms.length} open, ${unseen} of them acknowledged by nobody`}</p>
      <ul aria-label="Open alarms">
        {alarms?.slice(0, MOST_SHOWN).map((alarm) => (
          <Alarm key={`${alarm.thing} ${alarm.alarm}`} {...{ alarm, option }} hasLink={serial === undefined} isDisabled={action.isUnderWay} onAcknowledge={() => void acknowledge(alarm)} />
        ))}
      </ul>
      {(alarms?.length ?? 0) > MOST_SHOWN && <p>{`and ${(alarms?.length ?? 0) - MOST_SHOWN} more`}</p>}
      <p class="tools">
        <Command>{`fleet alarms list${option}`}</Command>
      </p>
      <FailureNote failure={action.failure ?? failure} />
    </section>
  )
}

interface AlarmProps {
  readonly alarm: OfDevice
  /** Of the commands. */
  readonly option: string
  readonly hasLink: boolean
  readonly isDisabled: boolean
  readonly onAcknowledge: () => void
}

const Alarm = ({ alarm: { thing, alarm, receivedAt, why, acknowledged }, option, hasLink, isDisabled, onAcknowledge }: AlarmProps) => (
  <li>
    <StatePill meaning={acknowledged === undefined ? 'bad' : 'plain'}>{alarm.replace('-', ' ')}</StatePill> {hasLink && <PageLink address={{ page: 'device', serial: thing }}>{thing}</PageLink>} <span class="what">{why}</span> <small>{ago(new Date(receivedAt))}</small>{' '}
    {acknowledged === undefined ? (
      <span class="order">
        <button disabled={isDisabled} onClick={onAcknowledge} aria-label={`Acknowledge ${alarm} of ${thing}`}>
          Acknowledge
        </button>
        <Command>{`fleet alarms ack ${thing} ${alarm}${option}`}</Command>
      </span>
    ) : (
      <small>{`acknowledged by ${acknowledged.by} ${ago(new Date(acknowledged.at))}`}</small>
    )}
  </li>
)
