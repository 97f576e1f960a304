'use client'

/**
 * Owns the developer tools as React components: a button that opens the panel over the page, and the panel alone. React does
 * no more than say when they begin and end; what they show is drawn without it, so that no app renders, or falls, because of
 * them. Must never render anything on a server.
 */

import { type ReactElement, useEffect, useRef, useSyncExternalStore } from 'react'
import { exposeConsole } from './console.ts'
import { Desk } from './desk.ts'
import type { Mounted } from './panel/mount.ts'
import type { Given } from './registry.ts'

/** What both components take. Changes after the first render count for `redact` and `language` alone. */
export interface WebSocketDevtoolsPanelProps {
  /** Takes secrets out of a message before it is kept. */
  redact?: ((text: string) => string) | undefined
  /** For pages whose policy asks for one, in browsers without adopted style sheets. */
  styleNonce?: string | undefined
  /**
   * Its language. A change is followed, unless the panel's own button has said otherwise.
   * @default the browser's, where that is Chinese; else English
   */
  language?: 'en' | 'zh' | undefined
  /**
   * Clients and sessions that do not announce themselves: those of production builds, of which only what they tell everybody is
   * shown.
   * @default none
   */
  clients?: readonly Given[] | undefined
}

/** Props of `<WebSocketDevtools>`. */
export interface WebSocketDevtoolsProps extends WebSocketDevtoolsPanelProps {
  /**
   * The edge of the page where the panel opens.
   * @default 'bottom'
   */
  position?: 'bottom' | 'top' | 'left' | 'right' | undefined
  /**
   * Whether it is open as the page comes up.
   * @default false
   */
  initialIsOpen?: boolean | undefined
}

/** Its own file: whoever records needs no panel, and the page is there first. */
const loadPanel = () => import('./panel/mount.ts')

/** The desk, the console's door and the panel in `hostOf()`, for as long as the component lives. */
function useDevtools(
  props: WebSocketDevtoolsProps,
  hostOf: () => HTMLElement | null,
  position?: WebSocketDevtoolsProps['position'],
): void {
  const latest = useRef(props)
  // Where it stands, and in which clothes, is asked once.
  const first = useRef({ ...props, hostOf, position })
  const panel = useRef<Mounted>(undefined)
  useEffect(() => {
    latest.current = props
    panel.current?.speak(props.language)
  })
  useEffect(() => {
    const { clients, ...options } = first.current
    const host = options.hostOf()
    if (!host) return
    const redact = (text: string) => latest.current.redact?.(text) ?? text
    const desk = new Desk({ entries: 5000, bytes: 4 << 20, redact }, clients)
    const hide = exposeConsole(desk)
    let isGone = false
    loadPanel().then(({ mount }) => {
      if (!isGone) panel.current = mount(host, { ...options, language: latest.current.language, desk })
    })
    return () => {
      isGone = true
      panel.current?.unmount()
      panel.current = undefined
      hide()
      desk.close()
      if (options.position) host.remove()
    }
  }, [])
}

/** The page's own place for the button and the panel: outside of what React holds, so that nothing hydrates around it. */
function addHost(): HTMLElement {
  const host = document.createElement('websocket-devtools')
  document.body.append(host)
  return host
}

/**
 * A button in the corner that opens the developer tools: the state of each connection and what comes next, a timeline, its
 * messages, its options, a way to break it, and recordings. In production builds it is nothing.
 *
 * @see docs/guide/devtools.md
 *
 * @example
 * <WebSocketDevtools redact={(text) => text.replace(/"token":"[^"]*"/, '"token":"…"')} />
 */
export function WebSocketDevtools(props: WebSocketDevtoolsProps): null {
  useDevtools(props, addHost, props.position || 'bottom')
  return null
}

/** The panel alone, as tall as its parent: for the shells of other developer tools, or a page of your own. */
export function WebSocketDevtoolsPanel(props: WebSocketDevtoolsPanelProps): ReactElement | null {
  const isOnPage = useSyncExternalStore(
    never,
    () => true,
    () => false,
  )
  return isOnPage ? <MountedPanel {...props} /> : null
}

const never = () => () => {}

function MountedPanel(props: WebSocketDevtoolsPanelProps): ReactElement {
  const place = useRef<HTMLDivElement>(null)
  useDevtools(props, () => place.current)
  return <div ref={place} style={{ height: '100%' }} />
}
