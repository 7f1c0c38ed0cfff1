// sandbox/src/site/nucleus/tls-identity.ts: with what the device proves who it is and whom it trusts, read anew for each connection: rotation flips a symlink.
import { readFile } from 'node:fs/promises'
import { rootCertificates } from 'node:tls'
import type { TlsOptions } from '../network.ts'
import type { DeviceConfiguration } from './config/device-configuration.ts'

export async function deviceTls(device: DeviceConfiguration): Promise<TlsOptions & Required<Pick<TlsOptions, 'certificate' | 'privateKey'>>> {
  const [ca, certificate, privateKey] = await Promise.all([device.rootCaPath(), device.certificateFilePath(), device.privateKeyPath()].map((path) => readFile(path, 'utf8')))
  return { ca: ca ?? '', certificate: certificate ?? '', privateKey: privateKey ?? '' }
}

/** For servers that know no device: those of the public are trusted too. */
export async function publicTls(device: DeviceConfiguration): Promise<TlsOptions> {
  const own = device.rootCaPath() === '' ? '' : await readFile(device.rootCaPath(), 'utf8')
  return { ca: [own, ...rootCertificates].join('\n') }
}
