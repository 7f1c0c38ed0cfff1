// ops/src/image/sbom.ts: the list of what is in an image, as SPDX 2.3, from dpkg's own record and the pinned sources.
import type { ImageManifest } from './stored-image.ts'

export interface Contents {
  /** Of the document: unique for this image. */
  readonly namespace: string
  readonly createdAt: string
  /** The text of /var/lib/dpkg/status. */
  readonly dpkgStatus: string
  readonly sources: ImageManifest['sources']
}

interface Package {
  readonly name: string
  readonly version: string
  readonly architecture: string
}

export function spdx({ namespace, createdAt, dpkgStatus, sources }: Contents): object {
  const debian = installed(dpkgStatus).map(({ name, version, architecture }, index) => ({
    SPDXID: `SPDXRef-deb-${index}`,
    name,
    versionInfo: version,
    downloadLocation: 'NOASSERTION',
    externalRefs: [{ referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: `pkg:deb/debian/${encodeURIComponent(name)}@${encodeURIComponent(version)}?arch=${architecture}` }],
  }))
  const others = Object.entries(sources).map(([name, { url, sha256 }]) => ({ SPDXID: `SPDXRef-${name}`, name, downloadLocation: url, checksums: [{ algorithm: 'SHA256', checksumValue: sha256 }] }))
  const packages = [...others, ...debian]
  return {
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: 'SPDXRef-DOCUMENT',
    name: 'fleetwright-image',
    documentNamespace: namespace,
    creationInfo: { created: createdAt, creators: ['Tool: fleet image build'] },
    packages,
    relationships: packages.map(({ SPDXID }) => ({ spdxElementId: 'SPDXRef-DOCUMENT', relationshipType: 'DESCRIBES', relatedSpdxElement: SPDXID })),
  }
}

/** The stanzas of dpkg's status file (deb-control(5)) of packages that are installed, by name. */
export const installed = (dpkgStatus: string): Package[] =>
  dpkgStatus
    .split(/\n\n+/)
    .flatMap((stanza) => {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(stanza)?.[1] ?? ''
      return field('Status').endsWith(' installed') ? [{ name: field('Package'), version: field('Version'), architecture: field('Architecture') }] : []
    })
    .sort((one, other) => (one.name < other.name ? -1 : 1))
