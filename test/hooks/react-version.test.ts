/** Which React a project of Vitest runs on: a wrong alias would test the installed one twice. */

import { render } from '@testing-library/react'
import { createElement, Profiler, version } from 'react'
import { version as domVersion } from 'react-dom'
import { expect, inject, it } from 'vitest'

declare module 'vitest' {
  interface ProvidedContext {
    /** The major version of the React that a project runs on. */
    react: string
  }
}

it('runs on the React it says', () => {
  const wanted = inject('react')
  expect([version, domVersion].map((one) => one.split('.')[0])).toEqual([wanted, wanted])
  // Testing Library brings a root of the same React, or this could not render.
  const { container } = render(createElement(Profiler, { id: '', onRender() {} }, version))
  expect(container.textContent).toBe(version)
})
