/**
 * R18 and R19: every error has a code and a cause, and none tells a secret.
 */

import { describe, expect, it, vi } from 'vitest'
import { type ErrorCode, WebSocketReconnect, WebSocketReconnectError } from '../../../src/index.ts'
import { blocked, connected, failed, plain, proven, refuseAll, setup } from '../../support/client-scene.ts'
import { refuse, throwing } from '../../support/index.ts'

type Scene = ReturnType<typeof setup>

/** How to provoke each code that the engine itself emits. */
const provocations: [ErrorCode, () => Scene | Promise<Scene>][] = [
  [
    'CONNECT_TIMEOUT',
    () =>
      act(setup(plain), ({ client, world }) => {
        client.connect()
        world.advance(10_000)
      }),
  ],
  [
    'HANDSHAKE_FAILED',
    () =>
      act(setup(plain), ({ client, world }) => {
        client.connect()
        world.socket.refuse()
      }),
  ],
  ['HEARTBEAT_TIMEOUT', () => act(connected(), ({ world }) => world.advance(35_000))],
  [
    'HEARTBEAT_INVALID',
    () => act(connected({ heartbeatMessage: () => ({ big: 1n }) }), ({ world }) => world.advance(30_000)),
  ],
  [
    'URL_PROVIDER_FAILED',
    async () => {
      const scene = setup({ ...plain, url: () => Promise.reject(new Error('no')) })
      scene.client.connect()
      await scene.world.settle()
      return scene
    },
  ],
  ['INVALID_URL', () => act(setup({ url: '/relative' }), ({ client }) => void client.connect())],
  [
    'SOCKET_THREW',
    () => act(setup(plain, { server: throwing(new Error('no')) }), ({ client }) => void client.connect()),
  ],
  ['NO_URL', () => act(setup({ ...plain, url: () => null }), ({ client }) => void client.connect())],
  ['CIRCUIT_OPEN', () => act(blocked(), ({ client }) => client.reconnect())],
  [
    'RETRIES_EXHAUSTED',
    () =>
      act(setup({ ...plain, maxRetries: 0 }), (scene) => {
        scene.client.connect()
        refuseAll(scene)
      }),
  ],
  ['FATAL_CLOSE', () => act(connected(), ({ world }) => world.socket.die(1002))],
  [
    'CLOSED_BY_USER',
    () =>
      act(setup(plain), ({ client }) => {
        client.connect()
        client.close()
      }),
  ],
  [
    'LISTENER_FAILED',
    () =>
      act(setup(plain), ({ client }) => {
        client.on('stateChange', () => {
          throw new Error('no')
        })
        client.connect()
      }),
  ],
]

function act(scene: Scene, provoke: (scene: Scene) => void): Scene {
  provoke(scene)
  return scene
}

describe('R18 errors', () => {
  it.each(provocations)('[R18] emits %s as a WebSocketReconnectError', async (code, provoke) => {
    const { client, log } = await provoke()
    const errors = log.of('error')
    expect(errors.map((error) => error.code)).toEqual([code])
    const [error] = errors as [WebSocketReconnectError]
    expect(error).toBeInstanceOf(WebSocketReconnectError)
    expect(error).toBeInstanceOf(Error)
    expect(error.name).toBe('WebSocketReconnectError')
    expect(error.message).toMatch(/^WebSocketReconnect: .{10,}/)
    expect('cause' in error).toBe(true)
    expect(client.getStats().lastError).toBe(error)
  })

  it('[R18] carries the thrown value as cause, unedited', async () => {
    const thrown = new Error('secret')
    const socket = setup(plain, { server: throwing(thrown) })
    socket.client.connect()
    expect(socket.log.of('error')[0]?.cause).toBe(thrown)
    const provider = setup({ ...plain, url: () => Promise.reject(thrown) })
    provider.client.connect()
    await provider.world.settle()
    expect(provider.log.of('error')[0]?.cause).toBe(thrown)
    const beat = connected({
      heartbeatMessage: () => {
        throw thrown
      },
    })
    beat.world.advance(30_000)
    expect(beat.log.of('error')[0]?.cause).toBe(thrown)
  })

  it('[R18] names what to do when the heartbeat kills a connection', () => {
    const { world, log } = connected()
    world.advance(35_000)
    expect(log.of('error')[0]?.message).toContain('heartbeatInterval: 0')
  })

  it('[R18] names the time that ran out', () => {
    const dialling = setup({ ...plain, connectTimeout: 1234 })
    dialling.client.connect()
    dialling.world.advance(1234)
    expect(dialling.log.of('error')[0]?.message).toContain('1234 ms')
    const silent = connected({ heartbeatInterval: 1000, heartbeatTimeout: 678 })
    silent.world.advance(1678)
    expect(silent.log.of('error')[0]?.message).toContain('678 ms')
  })

  it('[R18] throws programmer errors at once', () => {
    const { client } = connected()
    expect(() => new WebSocketReconnect({ url: 'wss://a.test/', maxRetries: -1 })).toThrow(TypeError)
    expect(() => client.send(5 as unknown as string)).toThrow(TypeError)
    expect(() => client.close(1006)).toThrow(RangeError)
    expect(() => client.update({ jitter: 2 })).toThrow(TypeError)
  })

  it('[R18] never throws network trouble', () => {
    const { world, client } = setup(plain, { server: throwing(new Error('no')) })
    expect(() => {
      client.connect()
      world.advance(100_000)
      client.reconnect()
      client.send('x')
      client.flush()
      client.close()
    }).not.toThrow()
  })
})

describe('R19 secrets', () => {
  const url = 'wss://s3cretUser:s3cretWord@example.test/path?token=s3cretToken&a=s3cretValue'
  const protocols = ['v1', 's3cretProtocol']
  const leak = 's3cret'

  /** Every string within reach of a value, `cause` excepted: that one is read, not emitted. */
  function strings(value: unknown, seen = new Set<unknown>()): string[] {
    if (typeof value === 'string') return [value]
    if (typeof value !== 'object' || value === null || seen.has(value)) return []
    seen.add(value)
    const found: string[] = []
    for (const key of Object.getOwnPropertyNames(value)) {
      if (key === 'cause') continue
      found.push(key, ...strings((value as Record<string, unknown>)[key], seen))
    }
    return found
  }

  function check({ client, log }: Scene) {
    expect(log.of('error').length + log.of('close').length).toBeGreaterThan(0)
    const all = [...strings([...log]), ...strings(client.getStats()), ...strings(client.getSnapshot())]
    expect(all.filter((text) => text.includes(leak))).toEqual([])
  }

  const options = { ...plain, url, protocols }

  it.each([
    [
      'a refusal',
      () =>
        act(setup(options), ({ client, world }) => {
          client.connect()
          world.socket.refuse()
        }),
    ],
    [
      'a connect timeout',
      () =>
        act(setup(options), ({ client, world }) => {
          client.connect()
          world.advance(10_000)
        }),
    ],
    [
      'a constructor that quotes the url',
      () =>
        act(setup(options, { server: throwing(new Error(`'${url}' is blocked, ${protocols}`)) }), ({ client }) => {
          client.connect()
        }),
    ],
    [
      'a SyntaxError that quotes the url',
      () =>
        act(
          setup(options, { server: throwing(new SyntaxError(`'${url}' is invalid, ${protocols}`)) }),
          ({ client }) => {
            client.connect()
          },
        ),
    ],
    [
      'exhausted retries',
      () =>
        act(setup({ ...options, maxRetries: 0 }), ({ client, world }) => {
          client.connect()
          world.socket.refuse()
        }),
    ],
    ['a fatal close', () => act(connected(options), ({ world }) => world.socket.die(1008))],
    [
      'heartbeat loss',
      () => act(connected({ ...options, heartbeatInterval: 30_000 }), ({ world }) => world.advance(35_000)),
    ],
    [
      'an open circuit',
      () =>
        act(setup(options), ({ client }) => {
          client.connect()
          client.openCircuit()
          client.reconnect()
        }),
    ],
    [
      'close()',
      () =>
        act(setup(options), ({ client }) => {
          client.connect()
          client.close()
        }),
    ],
    [
      'reconnect()',
      () =>
        act(setup(options), ({ client }) => {
          client.connect()
          client.reconnect()
        }),
    ],
    [
      'a new url',
      () =>
        act(setup(options), ({ client }) => {
          client.connect()
          client.update({ url: `${url}2` })
        }),
    ],
    ['a relative url', () => act(setup({ url: '/x?token=s3cretToken' }), ({ client }) => void client.connect())],
  ])('[R19] tells no secret on %s', (_what, provoke) => {
    check(provoke() as Scene)
  })

  it('[R19] tells no secret when a provider fails or returns what nobody can dial', async () => {
    const providers = [
      () => Promise.reject(new Error(`no token for ${url}`)),
      () => url.replace('wss', 'ftp'),
      () => `${url.replace('example.test', '[')}`,
      () => `/x?token=s3cretToken`,
    ]
    for (const provider of providers) {
      const scene = setup({ ...plain, url: provider, protocols })
      scene.client.connect()
      await scene.world.settle()
      check(scene)
    }
  })

  it('[R19] tells no secret in the TypeErrors of the constructor and of update()', () => {
    const bad = [url.replace('wss', 'ftp'), url.replace('example.test', '['), 'wss://s3cret:s3cret@']
    for (const value of bad) {
      let error: unknown
      try {
        new WebSocketReconnect({ url: value })
      } catch (thrown) {
        error = thrown
      }
      expect(error).toBeInstanceOf(TypeError)
      expect((error as Error).message).not.toContain(leak)
      const { client } = setup(plain)
      expect(() => client.update({ url: value })).toThrow(/^((?!s3cret).)*$/s)
    }
  })

  it.each([
    'wss://user:s3cret@example.test//a@b',
    'wss:/user:s3cret@example.test/',
    'wss:user:s3cret@example.test/',
    'wss:\\\\user:s3cret@example.test/',
    ' w\tss://user:s3\ncret@example.test/',
    '//user:s3cret@example.test/',
  ])('[R19] tells no secret of %j, which parsers forgive', (odd) => {
    const { client, world, log } = setup({ ...plain, url: odd }, { server: refuse() })
    client.connect()
    world.advance(1)
    const told = strings([...log])
      .join(' ')
      .replace(/\s/g, '')
    expect(log.of('error')).not.toEqual([])
    expect(told).not.toContain('s3cret')
  })

  it('[R19] shows a part of a wrong url only after the secret is out of it', () => {
    const long = `wsss://user:s3cret${'x'.repeat(100)}@example.test/`
    expect(() => new WebSocketReconnect({ url: long })).toThrow(/^((?!s3cret).)*$/s)
  })

  it('[R19] keeps an @ that is no secret', () => {
    const { client, world, log } = setup({ ...plain, url: 'wss://example.test/@ada' }, { server: refuse() })
    client.connect()
    world.advance(1)
    expect(strings([...log]).join(' ')).toContain('wss://example.test/@ada')
  })

  it('[R19] tells no secret in a rejected connect()', async () => {
    const { world, client } = setup({ ...options, maxRetries: 0 })
    const promise = client.connect()
    world.socket.refuse()
    const error = await promise.catch((thrown: unknown) => thrown)
    expect(strings(error).filter((text) => text.includes(leak))).toEqual([])
  })

  it('[R19] lets .url be read in full', () => {
    const { world, client } = connected(options)
    expect(client.url).toBe(url)
    expect(world.socket.url).toBe(url)
  })

  it('[R19] emits the first subprotocol only', () => {
    const { client, world } = setup(options)
    client.connect()
    world.socket.accept({ protocol: 'v1' })
    expect(client.getSnapshot().protocol).toBe('v1')
    expect(client.protocol).toBe('v1')
    expect(world.socket.protocols).toEqual(protocols)
  })

  it('[R19] tells no subprotocol after the first, even where the server picks it', () => {
    const { client, world, log } = setup(options)
    client.connect()
    world.socket.accept({ protocol: 's3cretProtocol' })
    expect(
      strings([...log])
        .concat(strings(client.getStats()))
        .filter((text) => text.includes(leak)),
    ).toEqual([])
  })
})

describe('R18 a failed client', () => {
  it('[R18] keeps the reason in the snapshot and the stats', () => {
    const { client } = failed({ circuitBreaker: false })
    expect(client.getSnapshot().error).toMatchObject({ code: 'RETRIES_EXHAUSTED' })
    expect(client.getStats().lastError).toBe(client.getSnapshot().error)
    expect(proven().client.getSnapshot().error).toBeNull()
  })
})

describe('R18 what is said to a developer who has no listener for error', () => {
  function said(act: () => void): unknown[][] {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    try {
      act()
      return warn.mock.calls
    } finally {
      warn.mockRestore()
    }
  }

  it('[R18] prints the cause where a provider fails, once for each', async () => {
    const cause = new TypeError('cannot read properties of undefined')
    const other = new Error('another')
    let thrown = cause as Error
    const url = () => {
      throw thrown
    }
    const words = said(() => {
      const { world, client } = setup({ ...plain, url })
      client.connect()
      world.advance(60_000)
      thrown = other
      world.advance(60_000)
    })
    expect(words.map(([, why]) => why)).toEqual([cause, other])
    expect(String(words[0]?.[0])).toMatch(/^WebSocketReconnect: the url, protocols or websocketOptions function failed/)
  })

  it('[R18] prints the cause of a rejected promise too', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    const cause = new Error('a rejected promise')
    const { world, client } = setup({ ...plain, protocols: () => Promise.reject(cause) })
    client.connect()
    await world.settle()
    expect(warn.mock.calls.map(([, why]) => why)).toEqual([cause])
    warn.mockRestore()
  })

  it('[R18] prints nothing in a production build, nor for what is no mistake of the developer', () => {
    vi.stubEnv('NODE_ENV', 'production')
    const failing = {
      ...plain,
      url: () => {
        throw new Error('unheard of')
      },
    }
    expect(said(() => void setup(failing).client.connect())).toEqual([])
    vi.unstubAllEnvs()
    const nobody = said(() => {
      const { world, client } = setup({ ...plain, url: () => null })
      client.connect()
      const other = setup(plain)
      other.client.connect()
      other.world.socket.refuse()
      world.advance(1000)
    })
    expect(nobody).toEqual([])
  })
})
