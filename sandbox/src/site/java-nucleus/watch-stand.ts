// scratch
import type { NucleusStand } from '../nucleus-host.ts'
export function watchStand(_root: string) { return { watch(l: (s: NucleusStand) => void) { l({connected: false, components: []}) }, async [Symbol.asyncDispose]() {} } }
