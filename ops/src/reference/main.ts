// ops/src/reference/main.ts: writes docs/CLI.md (npm run docs).
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fleetProgram } from '../program.ts'
import { REPOSITORY } from '../target/repository.ts'
import { cliReference } from './cli-reference.ts'

writeFileSync(join(REPOSITORY, 'docs/CLI.md'), cliReference(fleetProgram()))
