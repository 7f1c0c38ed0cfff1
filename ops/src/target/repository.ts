// ops/src/target/repository.ts: the checkout that this fleet belongs to.
import { resolve } from 'node:path'

/** The root of the repository, wherever `fleet` is called from. */
export const REPOSITORY = resolve(import.meta.dirname, '../../..')
