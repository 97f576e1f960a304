/** A session over real sockets against a server that shares no code with it: fixtures/other-server. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { memoryOutbox, Session } from '../../src/session/index.ts'

const child = spawn(process.execPath, ['fixtures/other-server/server.mjs'], {
  env: { ...process.env, PORT: '0' },
  stdio: ['ignore', 'pipe', 'inherit'],
})
let address = ''
beforeAll(async () => {
  address = String((await once(child.stdout, 'data'))[0]).trim()
})
afterAll(() => void child.kill())

interface Say {
  to: string
  text: string
}

const open = (user: string) =>
  new Session<unknown, Say>({ url: `${address}/?user=${user}`, outbox: { name: user, store: memoryOutbox() } })

it('[S3][S6][S7][S9][S10] an independent server takes each message once, in order, and a reader resumes, over lines that are cut', async () => {
  const [ann, bob] = [open('ann'), open('bob')]
  const heard: string[] = []
  const live = new Promise<void>((resolve) => {
    bob.follow('room', { onEvent: ({ text }) => heard.push(text), onReset: () => resolve() }, { epoch: '', offset: 0 })
  })
  await Promise.all([ann.connect(), bob.connect()])
  await live
  const texts = Array.from({ length: 200 }, (_, i) => `message ${i}`)
  for (const [i, text] of texts.entries()) {
    const { acked } = ann.send({ to: 'room', text })
    // Now the writer's line breaks, now the reader's, with messages on their way.
    if (i % 40 === 20) ann.ws.reconnect()
    if (i % 40 === 39) {
      bob.ws.reconnect()
      await acked
    }
  }
  await expect.poll(() => heard.length).toBe(texts.length)
  expect(heard).toEqual(texts)
  expect(ann.outbox.size).toBe(0)
  await expect(ann.request({ op: 'echo' })).resolves.toEqual({ op: 'echo' })
  await expect(ann.send({ to: 'room', text: 'no' }).acked).rejects.toMatchObject({ code: 'REFUSED' })
  await Promise.all([ann.close(), bob.close()])
})
