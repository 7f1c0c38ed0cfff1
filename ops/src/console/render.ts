// ops/src/console/render.ts: the console and its people in words.
import type { Paint } from '../shell/paint.ts'
import { table } from '../shell/table.ts'
import type { Added, Person } from './people.ts'
import type { ConsoleOutputs } from './pools.ts'

export const renderConsole = ({ url, userPoolId, userPoolClientId, identityPoolId }: ConsoleOutputs, paint: Paint): string =>
  [['page', url], ['user pool', userPoolId], ['client', userPoolClientId], ['identities', identityPoolId]].map(([name = '', text = '']) => `${paint('dim', name.padEnd(10))} ${text}`).join('\n')

/** The one place where a first password is told. */
export const renderAdded = ({ name, group, firstPassword }: Added): string => (firstPassword === undefined ? `${name} is ${group}` : `${name} is ${group}; first password: ${firstPassword}`)

export const renderPeople = (people: readonly Person[], paint: Paint): string =>
  people.length === 0 ? 'nobody yet: fleet console user add <name> --group viewer' : table(['name', 'groups', 'status'], people.map(({ name, groups, status, isEnabled }) => [name, groups.join(', '), isEnabled ? statusText(status) : 'disabled']), paint)

const statusText = (status: string) => (status === 'CONFIRMED' ? 'has a password' : status === 'FORCE_CHANGE_PASSWORD' ? 'has not come yet' : status)
