// bench/src/broker/bare-aedes.ts: a process with aedes on TLS and nothing else: no policies, nothing kept. It is what our broker is compared with.
import { createServer, type TlsOptions } from 'node:tls'
import { Aedes } from 'aedes'

process.on('disconnect', () => process.exit())
process.once('message', (credentials: Pick<TlsOptions, 'key' | 'cert'>) => void serve(credentials))

async function serve(credentials: Pick<TlsOptions, 'key' | 'cert'>): Promise<void> {
  const aedes = await Aedes.createBroker()
  // As the twin's listener: the client shows a certificate and needs not be known.
  const server = createServer({ ...credentials, requestCert: true, rejectUnauthorized: false, minVersion: 'TLSv1.2' }, (socket) => {
    socket.setNoDelay(true)
    aedes.handle(socket)
  })
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as { readonly port: number }).port)) // a TCP server's address is no string
}
