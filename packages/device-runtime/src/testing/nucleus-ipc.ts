// packages/device-runtime/src/testing/nucleus-ipc.ts: the nucleus's IPC socket as far as components use it, with the faults of a real one.
import { createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { FLAG, onFrame, TYPE, writeFrame } from './event-stream.ts'
import { recordedCloudBus, type RecordedCloudBus } from './recorded-bus.ts'
import { temporaryFolder } from './temporary-folder.ts'

export interface NucleusIpc extends AsyncDisposable {
  readonly socketPath: string
  readonly token: string
  /** The cloud, as the nucleus sees it. */
  readonly cloud: RecordedCloudBus
  /** Operations that were asked for, in order. */
  readonly asked: readonly string[]
  /** Topics that are subscribed to now, '' for the configuration. */
  subscribed(): readonly string[]
  /** A deployment changes the component's configuration. */
  configure(configuration: object): void
  /** From now on the operation gets no answer, or this error; until it is obeyed again. */
  hang(operation: string): void
  refuse(operation: string, code: string): void
  obey(operation: string): void
  /** Every connection ends; when `away` the socket is gone, too, until it is `back`. */
  drop(): void
  away(): Promise<void>
  back(): Promise<void>
}

/** One request of a component, with the ways to answer it. */
interface Asked {
  readonly operation: string
  readonly body: Readonly<Record<string, unknown>>
  readonly answer: (body?: object) => void
  readonly fail: (code: string) => void
  /** Accepts a subscription; what is sent on it later are events of this model. */
  readonly accept: (topic: string) => Stream
}

interface Stream {
  readonly operation: string
  readonly topic: string
  readonly over: AbortController
  send(model: string, body: object): void
}

export async function nucleusIpc(configuration: object = {}): Promise<NucleusIpc> {
  const folder = await temporaryFolder()
  const socketPath = join(folder.path, 'ipc.socket')
  const token = 'TOKENOFATESTONLY'
  const cloud = recordedCloudBus()
  const asked: string[] = []
  const faults = new Map<string, 'hang' | { readonly code: string }>()
  const sockets = new Set<Socket>()
  const streams = new Set<Stream>()
  let config = configuration

  const tell = (operation: string, topic: string, event: { model: string; body: object }) => {
    for (const stream of streams) if (stream.operation === operation && stream.topic === topic) stream.send(event.model, event.body)
  }
  const fromCloud = async (stream: Stream) => {
    for await (const event of cloud.subscribe([stream.topic], stream.over.signal)) {
      if (event.kind === 'message') stream.send('IoTCoreMessage', { message: { topicName: event.topic, payload: Buffer.from(event.payload).toString('base64') } })
    }
  }
  const operations: Readonly<Record<string, (request: Asked) => void>> = {
    PublishToTopic({ body: { topic, publishMessage }, answer }) {
      tell('SubscribeToTopic', String(topic), { model: 'SubscriptionResponseMessage', body: publishMessage as object })
      answer()
    },
    PublishToIoTCore({ body: { topicName, qos, payload }, answer, fail }) {
      const message = JSON.parse(Buffer.from(String(payload), 'base64').toString()) as object // components send JSON objects
      cloud.publish(String(topicName), message, qos === '0' ? 'now' : 'until-delivered').then(() => answer(), () => fail('ServiceError'))
    },
    GetConfiguration: ({ answer }) => answer({ componentName: 'test', value: config }),
    SubscribeToTopic: ({ body, accept }) => void accept(String(body.topic)),
    SubscribeToIoTCore: ({ body, accept }) => void fromCloud(accept(String(body.topicName))),
    SubscribeToConfigurationUpdate: ({ accept }) => void accept(''),
  }

  function serve(socket: Socket): void {
    const own = new Map<number, Stream>()
    const end = (id: number) => {
      const stream = own.get(id)
      if (stream === undefined) return
      own.delete(id)
      streams.delete(stream)
      stream.over.abort(new Error('closed'))
    }
    const accepted = (id: number, stream: Stream) => {
      own.set(id, stream)
      streams.add(stream)
      return stream
    }
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      sockets.delete(socket)
      for (const id of [...own.keys()]) end(id)
    })
    onFrame(socket, ({ type, stream: id, headers, flags, body }) => {
      if (type === TYPE.connect) return greet(socket, 'authToken' in body && body.authToken === token)
      if ((flags & FLAG.terminate) !== 0) return end(id)
      const request = asking(socket, { id, operation: (headers.operation ?? '').replace('aws.greengrass#', ''), body: { ...body } }, accepted)
      const fault = faults.get(request.operation)
      asked.push(request.operation)
      if (fault === undefined) operations[request.operation]?.(request)
      else if (fault !== 'hang') request.fail(fault.code)
    })
  }

  let server: Server = await listening(socketPath, serve)
  const drop = () => sockets.forEach((socket) => socket.destroy())
  const away = async () => {
    drop()
    await new Promise((resolve) => server.close(resolve))
  }
  return {
    socketPath,
    token,
    cloud,
    asked,
    drop,
    away,
    async back() {
      server = await listening(socketPath, serve)
    },
    subscribed: () => [...streams].map(({ topic }) => topic),
    configure(changed) {
      config = changed
      tell('SubscribeToConfigurationUpdate', '', { model: 'ConfigurationUpdateEvents', body: { configurationUpdateEvent: { componentName: 'test', keyPath: [] } } })
    },
    hang: (operation) => void faults.set(operation, 'hang'),
    refuse: (operation, code) => void faults.set(operation, { code }),
    obey: (operation) => void faults.delete(operation),
    async [Symbol.asyncDispose]() {
      if (server.listening) await away()
      await folder[Symbol.asyncDispose]()
    },
  }
}

type Request = Pick<Asked, 'operation' | 'body'> & { readonly id: number }

function asking(socket: Socket, { id, operation, body }: Request, accepted: (id: number, stream: Stream) => Stream): Asked {
  const send = (flags: number, model: string, content: object, type: number = TYPE.application) =>
    writeFrame(socket, { type, flags, stream: id, headers: { 'service-model-type': `aws.greengrass#${model}` }, body: content })
  return {
    operation,
    body,
    answer: (content = {}) => send(FLAG.terminate, `${operation}Response`, content),
    fail: (code) => send(FLAG.terminate, code, { message: code, _errorCode: code, _message: `${code} in a test` }, TYPE.error),
    accept(topic) {
      send(FLAG.none, `${operation}Response`, {})
      return accepted(id, { operation, topic, over: new AbortController(), send: (model, event) => send(FLAG.none, model, event) })
    },
  }
}

function greet(socket: Socket, known: boolean): void {
  writeFrame(socket, { type: TYPE.connectAck, flags: known ? FLAG.accepted : FLAG.none, stream: 0 })
  if (!known) socket.end()
}

async function listening(path: string, serve: (socket: Socket) => void): Promise<Server> {
  const server = createServer(serve)
  await new Promise<void>((resolve) => server.listen(path, resolve))
  return server
}
