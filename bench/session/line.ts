/** A line as a process of its own: what goes in comes out `DELAY` ms later, either way and in order. `TO` is the server's port. */

import { connect, createServer, type Socket } from 'node:net'

const { TO, DELAY } = process.env
const delay = Number(DELAY)

function carry(from: Socket, to: Socket): void {
  from.setNoDelay(true)
  const waiting: { at: number; data: Buffer }[] = []
  let timer: NodeJS.Timeout | undefined
  const look = () => {
    timer = undefined
    const now = performance.now()
    while (waiting[0] && waiting[0].at <= now + 0.5) to.write((waiting.shift() as { data: Buffer }).data)
    if (waiting[0]) timer = setTimeout(look, waiting[0].at - now)
  }
  from.on('data', (data) => {
    waiting.push({ at: performance.now() + delay, data })
    timer ??= setTimeout(look, delay)
  })
  from.on('error', () => {})
  from.on('close', () => to.destroy())
}

const server = createServer((incoming) => {
  const outgoing = connect(Number(TO), '127.0.0.1')
  carry(incoming, outgoing)
  carry(outgoing, incoming)
})
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as { port: number }).port))
process.on('disconnect', () => process.exit())
