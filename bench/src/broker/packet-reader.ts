// bench/src/broker/packet-reader.ts: cuts a stream into MQTT packets: type and body (MQTT 3.1.1, 2.2).

export interface Packet {
  readonly type: number
  readonly body: Buffer
}

export function packetReader(hear: (packet: Packet) => void): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0)
  return (chunk) => {
    let at = 0
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    for (;;) {
      const header = headerAt(bytes, at)
      if (header === undefined || header.end > bytes.length) break
      hear({ type: (bytes[at] ?? 0) >> 4, body: bytes.subarray(header.bodyAt, header.end) })
      at = header.end
    }
    rest = bytes.subarray(at)
  }
}

/** Undefined while the length has not come in full. */
function headerAt(bytes: Buffer, at: number): { readonly bodyAt: number; readonly end: number } | undefined {
  let length = 0
  for (let digit = 0; ; digit++) {
    const byte = bytes[at + 1 + digit]
    if (byte === undefined) return undefined
    length += (byte & 0x7f) * 128 ** digit
    if (byte < 0x80) return { bodyAt: at + 2 + digit, end: at + 2 + digit + length }
  }
}
