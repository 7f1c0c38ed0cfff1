// sandbox/src/site/nucleus/ipc/tokens.ts: the secrets by which components prove who they are; new at each start of the nucleus.
import { randomInt } from 'node:crypto'

export interface ComponentTokens {
  readonly of: (component: string) => string
  readonly componentOf: (token: string) => string | undefined
}

const CHARACTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'

export function componentTokens(): ComponentTokens {
  const byComponent = new Map<string, string>()
  const byToken = new Map<string, string>()
  return {
    of(component) {
      const token = byComponent.get(component) ?? Array.from({ length: 16 }, () => CHARACTERS[randomInt(CHARACTERS.length)]).join('')
      byComponent.set(component, token)
      byToken.set(token, component)
      return token
    },
    componentOf: (token) => byToken.get(token),
  }
}
