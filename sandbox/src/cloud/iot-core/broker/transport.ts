// sandbox/src/cloud/iot-core/broker/transport.ts: MQTT packets over a stream; what acknowledges leaves only after what it promises is stored.
import { parser as newParser, writeToStream, type Packet, type Parser } from 'mqtt-packet'
import type { Duplex } from 'node:stream'

export interface Transport {
  readonly send: (packet: Packet) => void
  /** MQTT version of the peer, for what is sent from now on. */
  speak(version: 4 | 5): void
  /** Sends what is still to be sent, then closes. */
  close(): void
  /** False while the peer does not read what it was sent. */
  readonly hasRoom: boolean
  /** Reads nothing more for so long. */
  pauseFor(ms: number): void
}

export interface TransportEvents {
  packet(packet: Packet, bytes: number): void
  /** The bytes were no MQTT. */
  malformed(error: Error): void
  /** A packet is longer than allowed; its payload is not even read. */
  tooLarge(bytes: number): void
  /** Everything of one read has been handled: the time to store what acknowledgements promise. */
  handled(): void
  /** We failed at it. The connection is gone, and with it what was not sent yet: nothing is acknowledged that may not be stored. */
  failed(error: unknown): void
  /** The peer is gone, or `close` is done. Once. */
  closed(): void
}

export interface TransportOptions {
  readonly packetBytes: number
}

/** A peer that takes nothing for so long after a close is cut off. */
const CLOSE_WITHIN_MS = 1000
const DIALECT = { 4: { protocolVersion: 4 }, 5: { protocolVersion: 5 } } as const

export function transport(stream: Duplex, { packetBytes }: TransportOptions, events: TransportEvents): Transport {
  const parser = newParser()
  let dialect: (typeof DIALECT)[4 | 5] = DIALECT[4]
  let open = true

  const read = (chunk: Buffer) => {
    if (!open) return
    stream.cork()
    try {
      parser.parse(chunk)
      if (announcedBytes(parser) > packetBytes) events.tooLarge(announcedBytes(parser))
      events.handled()
    } catch (error) {
      open = false
      stream.destroy()
      events.failed(error)
    } finally {
      stream.uncork()
    }
  }
  parser.on('packet', (packet) => {
    if (!open) return
    const bytes = packet.length ?? 0
    if (bytes > packetBytes) events.tooLarge(bytes)
    else events.packet(packet, bytes)
  })
  parser.on('error', (error: Error) => open && events.malformed(error))
  stream.on('data', read)
  stream.on('error', () => stream.destroy()) // told by `closed`
  stream.once('close', () => {
    open = false
    events.closed()
  })
  return {
    send(packet) {
      if (open) writeToStream(packet, stream, dialect)
    },
    speak: (version) => void (dialect = DIALECT[version]),
    close() {
      if (!open) return
      open = false
      stream.end(() => stream.destroy())
      setTimeout(() => stream.destroy(), CLOSE_WITHIN_MS).unref()
    },
    get hasRoom() {
      return open && !stream.writableNeedDrain
    },
    pauseFor(ms) {
      stream.pause()
      setTimeout(() => stream.resume(), ms).unref()
    },
  }
}

/** Remaining length of the packet that is being read: the parser knows it before the payload is there, but its types do not tell. */
const announcedBytes = (parser: Parser): number => (parser as Parser & { readonly packet?: { readonly length?: number } }).packet?.length ?? 0
