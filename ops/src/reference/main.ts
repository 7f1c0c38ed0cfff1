// ops/src/reference/main.ts: writes docs/CLI.md, docs/TOPICS.md and docs/COST.md (npm run docs).
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as topics from '@fleet/contract/topics'
import { fleetProgram } from '../program.ts'
import { REPOSITORY } from '../target/repository.ts'
import { cliReference } from './cli-reference.ts'
import { costReference } from './cost-reference.ts'
import { topicsReference } from './topics-reference.ts'

writeFileSync(join(REPOSITORY, 'docs/CLI.md'), cliReference(fleetProgram()))
writeFileSync(join(REPOSITORY, 'docs/TOPICS.md'), topicsReference(topics))
writeFileSync(join(REPOSITORY, 'docs/COST.md'), costReference(REPOSITORY))
