import type { App } from '../app.ts'
import type { SeriesTable } from '../series.ts'
import type { Answer } from './answer.ts'
import type { BatchBuilder } from './batch-builder.ts'
import type { Ingestion } from './ingestion.ts'
import { readRemoteWrite } from './remote-write.ts'

interface Target {
  readonly ingestion: Ingestion
  readonly series: SeriesTable
  readonly config: { readonly BODY_LIMIT_BYTES: number }
}

/** `POST /api/v1/write`: Prometheus remote write 1.0. */
export function remoteWriteRoute(app: App, { ingestion, series, config }: Target): void {
  void app.register(async (routes) => {
    routes.addContentTypeParser('application/x-protobuf', { parseAs: 'buffer' }, (_request, body, done) =>
      done(null, body),
    )
    routes.post('/api/v1/write', async (request, reply) => {
      const type = request.headers['content-type'] ?? ''
      if (type.includes('io.prometheus.write.v2')) {
        const message = 'Remote write 2.0 is not understood: set protobuf_message to prometheus.WriteRequest.'
        return await reply.code(415).send({ error: 'Unsupported Media Type', message })
      }
      const bytes = request.body as Uint8Array
      // Snappy makes such bodies about a tenth as large.
      const maxBytes = 10 * config.BODY_LIMIT_BYTES
      const read = (builder: BatchBuilder): void => readRemoteWrite(bytes, builder, series, ingestion.bounds, maxBytes)
      const client = request.socket.remoteAddress ?? 'unknown'
      const { status, body, retryAfterMs } = await new Promise<Answer>((resolve) =>
        ingestion.submit(read, 10 * bytes.length, client, resolve),
      )
      if (retryAfterMs !== undefined) void reply.header('retry-after', Math.max(1, Math.ceil(retryAfterMs / 1_000)))
      if (status === 202) return await reply.code(204).send()
      return await reply.code(status).type('application/json; charset=utf-8').send(body)
    })
    await Promise.resolve()
  })
}
