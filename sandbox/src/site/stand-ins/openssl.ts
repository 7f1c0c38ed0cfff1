// sandbox/src/site/stand-ins/openssl.ts: the two openssl commands that first boot uses, for machines without openssl.
import { createPrivateKey } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { certificateRequest, newDeviceKey, privateKeyPem } from '../certificate-request.ts'

const [command, ...rest] = process.argv.slice(2)
const options = new Map<string, string>()
for (let index = 0; index < rest.length; index++) {
  const [name = '', value = ''] = [rest[index], rest[index + 1]]
  const isFlag = name === '-new' || name === '-sha256'
  options.set(name, isFlag ? '' : value)
  if (!isFlag) index++
}

if (command === 'genpkey' && isExactly({ '-algorithm': 'EC', '-pkeyopt': 'ec_paramgen_curve:P-256', '-out': undefined })) {
  writeFileSync(option('-out'), privateKeyPem(newDeviceKey()), { mode: 0o600 })
} else if (command === 'req' && isExactly({ '-new': '', '-sha256': '', '-key': undefined, '-subj': undefined, '-out': undefined })) {
  const commonName = /^\/CN=([^/]+)$/.exec(option('-subj'))?.[1] ?? fail('the subject must be /CN=…')
  writeFileSync(option('-out'), certificateRequest(createPrivateKey(readFileSync(option('-key'))), commonName))
} else {
  fail('only `genpkey -algorithm EC` with P-256 and `req -new -sha256 -key -subj -out` are offered by the sandbox; install openssl for more')
}

function isExactly(wanted: Readonly<Record<string, string | undefined>>): boolean {
  const names = Object.keys(wanted)
  return names.length === options.size && names.every((name) => options.has(name) && (wanted[name] ?? options.get(name)) === options.get(name))
}

function option(name: string): string {
  return options.get(name) ?? fail(`${name} is missing`)
}

function fail(why: string): never {
  process.stderr.write(`openssl (sandbox): ${why}\n`)
  process.exit(1)
}
