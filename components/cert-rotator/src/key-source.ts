// components/cert-rotator/src/key-source.ts: the port to where device keys live: files now, a security chip by PKCS #11 some day. No private key comes out.

/** Keys have the name of the rotation that they are made for. */
export interface KeySource {
  /** Makes the key once: whoever asks again gets the same. @returns SHA-256 of its SubjectPublicKeyInfo, in hex */
  make(name: string): Promise<string>
  /** A request for a certificate of this key with `CN=<commonName>`, in PEM; the same each time. */
  request(name: string, commonName: string): Promise<string>
  /** Whether this certificate, in PEM, is of this key. */
  fits(name: string, certificatePem: string): Promise<boolean>
  /** The key is not needed any more. */
  discard(name: string): Promise<void>
}
