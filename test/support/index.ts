/**
 * The door of the virtual world that our tests live in and that users get as `react-websocket-reconnect/testing`.
 * It needs no test runner, no real timer and no global.
 */

export {
  accept,
  byteLength,
  type FakeEvent,
  FakeSocket,
  flap,
  hang,
  inTurn,
  refuse,
  type Server,
  throwing,
} from './fake-socket.ts'
export { mulberry32, type ScriptedRandom } from './random.ts'
export { type EventLog, type Recorded, record } from './record.ts'
export type { SleepOptions, VirtualClock, VirtualTimer } from './virtual-clock.ts'
export { createWorld, type News, type World, type WorldOptions } from './world.ts'
