/** useCircuitState: R13, R31. */

import { renderHook } from '@testing-library/react'
import { expect, it } from 'vitest'
import { type OwnConnectionProps, useCircuitState } from '../../hooks/index.ts'
import { createWorld, type World } from '../support/index.ts'
import { InWorld, settle, setupHookTests } from '../support/react-scene.tsx'

setupHookTests()

function mount(world: World, props: Partial<OwnConnectionProps> = {}) {
  let current = props
  let renders = 0
  const { result, rerender } = renderHook(
    () => {
      renders++
      return useCircuitState()
    },
    {
      wrapper: ({ children }) => (
        <InWorld world={world} {...current}>
          {children}
        </InWorld>
      ),
    },
  )
  return {
    result,
    renders: () => renders,
    rerender: (next: Partial<OwnConnectionProps>) => {
      current = next
      rerender()
    },
  }
}

it('[R31] shows the circuit: state, failures, threshold, and when it half-opens', () => {
  const world = createWorld()
  const { result } = mount(world, { circuitBreaker: { failureThreshold: 2, resetTimeout: 9000 } })
  expect({ ...result.current }).toMatchObject({
    circuitState: 'CLOSED',
    circuitFailures: 0,
    failureThreshold: 2,
    halfOpenAt: null,
  })
  settle(() => world.socket.refuse())
  expect(result.current.circuitFailures).toBe(1)
  settle(() => {
    world.advance(1000)
    world.socket.refuse()
  })
  expect({ ...result.current }).toMatchObject({
    circuitState: 'OPEN',
    circuitFailures: 2,
    halfOpenAt: world.clock.start + 1000 + 9000,
  })
  settle(() => world.advance(9000))
  expect({ ...result.current }).toMatchObject({ circuitState: 'HALF-OPEN', halfOpenAt: null })
})

it('[R13] opens and closes the circuit by hand', () => {
  const world = createWorld()
  const { result } = mount(world)
  settle(() => result.current.openCircuit(500))
  expect(result.current.circuitState).toBe('OPEN')
  expect(result.current.halfOpenAt).toBe(world.clock.start + 500)
  settle(() => result.current.closeCircuit())
  expect(result.current.circuitState).toBe('CLOSED')
})

it('[R13] a duration that is none throws', () => {
  const { result } = mount(createWorld())
  expect(() => result.current.openCircuit(-1)).toThrow(TypeError)
})

it('[R31] renders for none of it that is not read', () => {
  const world = createWorld()
  const { renders } = mount(world)
  const before = renders()
  settle(() => world.socket.refuse())
  settle(() => world.advance(1000))
  expect(renders()).toBe(before)
})

it('[R33] follows a threshold that is changed by props', () => {
  const world = createWorld()
  const { result, rerender } = mount(world, { circuitBreaker: { failureThreshold: 2 } })
  expect(result.current.failureThreshold).toBe(2)
  rerender({ circuitBreaker: { failureThreshold: 7 } })
  settle()
  expect(result.current.failureThreshold).toBe(7)
  rerender({ circuitBreaker: false })
  settle()
  expect(result.current.failureThreshold).toBe(Infinity)
})
