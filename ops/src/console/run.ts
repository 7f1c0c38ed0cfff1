// ops/src/console/run.ts: `fleet console …`.
import { assertAccount } from '../aws/account-check.ts'
import { explaining } from '../aws/aws-failure.ts'
import { EXIT } from '../shell/exit-code.ts'
import type { Invocation } from '../shell/invocation.ts'
import { show } from '../shell/shell.ts'
import { peopleOf, type People } from './people.ts'
import { poolsOf } from './pools.ts'
import { renderAdded, renderConsole, renderPeople } from './render.ts'

export interface AddUserOptions {
  readonly group: 'viewer' | 'operator'
  readonly newPassword?: true
}

export async function runShowConsole({ shell, target: choose }: Invocation<object>) {
  const target = choose()
  show(shell, await explaining(target, () => poolsOf(target, shell.environment)), renderConsole)
  return EXIT.done
}

export async function runAddUser({ shell, options, target }: Invocation<AddUserOptions>, name: string) {
  show(shell, await withPeople({ shell, target }, (people) => people.add({ name, group: options.group, renewsPassword: options.newPassword === true })), renderAdded)
  return EXIT.done
}

export async function runRemoveUser({ shell, target }: Invocation<object>, name: string) {
  await withPeople({ shell, target }, (people) => people.remove(name))
  show(shell, { removed: name }, () => `removed ${name}`)
  return EXIT.done
}

export async function runListUsers({ shell, target }: Invocation<object>) {
  show(shell, await withPeople({ shell, target }, (people) => people.list()), renderPeople)
  return EXIT.done
}

function withPeople<T>({ shell, target: choose }: Pick<Invocation<object>, 'shell' | 'target'>, work: (people: People) => Promise<T>): Promise<T> {
  const target = choose()
  return explaining(target, async () => {
    await assertAccount(target)
    return work(peopleOf(target, await poolsOf(target, shell.environment)))
  })
}
