/**
 * Owns how the tests of a session's hooks begin: a world with the real session server in it, and the props that lead there.
 * Must never let time pass outside `act`.
 */

import { act } from '@testing-library/react'
import { vi } from 'vitest'
import type { OwnSessionProps } from '../../hooks/session.ts'
import type { SessionServerOptions } from '../../src/server/index.ts'
import type { OutboxStore, Session } from '../../src/session/index.ts'
import { createStage, URL } from '../session/stage.ts'

export { URL } from '../session/stage.ts'

/** Ms. */
const STEP = 8

export function createScene(serverOptions: Partial<SessionServerOptions<string, any>> = {}) {
  const stage = createStage(serverOptions)
  const { world, outbox } = stage
  const propsOf = (name: string, store: OutboxStore = outbox): OwnSessionProps => ({
    ...world.options({ url: URL, jitter: 0, heartbeatInterval: 0, minUptime: 0 }),
    outbox: { name, store },
  })
  return {
    ...stage,
    propsOf,
    /** Props of a provider in this world. */
    props: propsOf('ann'),
    get server() {
      return stage.server
    },
    /** So many ms pass, for the world and for React's notifier: a few at a time, because each moves the other. */
    async run(ms = 100) {
      for (let left = ms; left > 0; left -= STEP) {
        const step = Math.min(left, STEP)
        await act(async () => {
          await world.advanceAsync(step)
          await vi.advanceTimersByTimeAsync(step)
        })
      }
    },
    /** What this session has said since it was asked last. */
    heard: (): any[] => world.socket.sent.splice(0).map((data) => JSON.parse(String(data))),
  }
}

/** A session of nobody's, welcomed. */
export async function welcomed(serverOptions: Partial<SessionServerOptions<string, any>> = {}) {
  const scene = createScene(serverOptions)
  const session: Session<any, any> = scene.tab()
  session.connect()
  await scene.run()
  scene.heard()
  return {
    ...scene,
    session,
    restart: scene.restart,
    publish: (topic: string, data: unknown) => scene.server.publish(topic, data),
  }
}
