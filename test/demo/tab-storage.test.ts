/** What a tab keeps over a reload, and what the next tab of the browser knows of it. */

import { describe, expect, it } from 'vitest'
import {
  keepDraft,
  keepPerson,
  keepUpTo,
  newId,
  readDrafts,
  readPerson,
  readUpTo,
} from '../../demo/client/chat/tab-storage.ts'
import { nickFault } from '../../demo/protocol.ts'

const store = (entries: Record<string, string> = {}) => {
  const map = new Map(Object.entries(entries))
  return {
    getItem: (key: string) => map.get(key) ?? null,
    setItem: (key: string, value: string) => void map.set(key, value),
  }
}

describe('who writes', () => {
  it('is the same after a reload and in the next tab, under the name taken last', () => {
    const browser = store()
    const tab = store()
    const person = readPerson({ tab, browser }, () => 0)
    expect(person).toEqual({ id: expect.stringMatching(/^[0-9a-f]{32}$/), nick: 'Ada' })
    keepPerson({ tab, browser }, { ...person, nick: 'Bea' })
    const renamed = { id: person.id, nick: 'Bea' }
    expect(readPerson({ tab, browser })).toEqual(renamed)
    expect(readPerson({ tab: store(), browser })).toEqual(renamed)
  })

  it('is somebody else in a tab opened as a guest, also after a reload, and no other tab hears of it', () => {
    const browser = store()
    const host = readPerson({ tab: store(), browser })
    const tab = store()
    const guest = readPerson({ tab, browser: null })
    expect(guest.id).not.toBe(host.id)
    keepPerson({ tab, browser: null }, { ...guest, nick: 'Zoë' })
    expect(readPerson({ tab, browser: null })).toEqual({ ...guest, nick: 'Zoë' })
    expect(readPerson({ tab: store(), browser })).toEqual(host)
  })

  it('is somebody new where nothing is kept, or what is kept does not look right', () => {
    for (const kept of ['[{', '7', 'null', '{"id":"x","nick":"Ada"}', `{"id":"${newId()}","nick":"<b>"}`]) {
      const tab = store({ 'chat:person': kept })
      expect(nickFault(readPerson({ tab, browser: null }).nick)).toBeNull()
    }
    const full = {
      getItem: () => null,
      setItem: () => {
        throw new Error('quota')
      },
    }
    for (const one of [full, null]) {
      expect(nickFault(readPerson({ tab: one, browser: one }, () => 0.999999).nick)).toBeNull()
    }
  })
})

describe('drafts', () => {
  it('are kept for each room, for the latest sixteen', () => {
    const stores = { tab: store(), browser: null }
    let drafts = keepDraft(stores, {}, 'lobby', 'half')
    drafts = keepDraft(stores, drafts, 'attic', 'a')
    expect(readDrafts(stores)).toEqual({ lobby: 'half', attic: 'a' })
    drafts = keepDraft(stores, drafts, 'lobby', '')
    expect(readDrafts(stores)).toEqual({ attic: 'a' })
    for (let n = 0; n < 20; n++) drafts = keepDraft(stores, drafts, `room-${n}`, 'text')
    expect(Object.keys(readDrafts(stores))).toEqual(Array.from({ length: 16 }, (_, n) => `room-${n + 4}`))
  })

  it('are left out where they do not look right', () => {
    const tab = store({ 'chat:drafts': JSON.stringify({ lobby: 7, '/': 'x', attic: 'fine' }) })
    expect(readDrafts({ tab, browser: null })).toEqual({ attic: 'fine' })
  })
})

describe('how far a room has been read', () => {
  it('is known to the tab and to the next one, for the latest sixteen rooms; a guest tells nobody', () => {
    const browser = store()
    const tab = store()
    expect(readUpTo({ tab, browser }, 'lobby')).toBeNull()
    keepUpTo({ tab, browser }, 'lobby', 7)
    keepUpTo({ tab: store(), browser: null }, 'lobby', 9)
    expect(readUpTo({ tab: store(), browser }, 'lobby')).toBe(7)
    for (let n = 0; n < 16; n++) keepUpTo({ tab, browser }, `room-${n}`, n)
    expect(readUpTo({ tab, browser }, 'lobby')).toBeNull()
    expect(readUpTo({ tab, browser }, 'room-15')).toBe(15)
  })

  it('is not known where what is kept is no number', () => {
    for (const kept of ['{"lobby":"7"}', '{"lobby":-1}', '[', 'null', '{"lobby":1.5}']) {
      expect(readUpTo({ tab: store({ 'chat:read': kept }), browser: null }, 'lobby')).toBeNull()
    }
  })
})

it('ids are such that no two messages share one', () => {
  const ids = Array.from({ length: 1000 }, newId)
  expect(new Set(ids).size).toBe(1000)
})
