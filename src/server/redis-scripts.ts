/**
 * Owns what is done inside Redis, each in one piece: a commit with its events and bells, and all that is asked. Every script
 * first compares the epoch, so that nothing is ever written into a memory that is another than believed.
 * Must never name a key outside of the one hash tag: a cluster could not run it.
 */

export type ScriptName =
  | 'found'
  | 'renew'
  | 'last'
  | 'raise'
  | 'commit'
  | 'append'
  | 'refusals'
  | 'confirm'
  | 'position'
  | 'since'

/** Every script but the first two: KEYS[1] the epoch's key, ARGV[1] the epoch as the server knows it. */
const SAME = `if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 'EPOCH' end
`

/** KEYS[2] the client; ARGV[2] now, ARGV[3] ms of memory. The client's last number, or nothing. */
const LAST = `
local function lastOf()
  local known = redis.call('HMGET', KEYS[2], 'n', 'at')
  if known[1] and tonumber(known[2]) + tonumber(ARGV[3]) > tonumber(ARGV[2]) then return known[1] end
  return false
end
`

/**
 * Adds an event and rings; cuts what is too much, at the latest after 32 more, as sizes and ages are only known by looking.
 * limits: events, bytes, age in ms.
 */
const ADD = `
local function add(topic, stream, channel, data, now, limits)
  local offset = string.format('%d', redis.call('HINCRBY', topic, 'o', 1))
  redis.call('XADD', stream, offset .. '-0', 'd', data, 't', now)
  local size = redis.call('XLEN', stream)
  local bytes = size == 1 and #data or redis.call('HGET', topic, 'b') + #data
  if size > limits[1] + 31 or bytes > limits[2] or offset % 32 == 0 then
    local old = size
    while size > 0 do
      local entries = redis.call('XRANGE', stream, '-', '+', 'COUNT', 32)
      local stay = false
      for _, entry in ipairs(entries) do
        local fields = entry[2]
        if size <= limits[1] and bytes <= limits[2] and fields[4] + limits[3] > tonumber(now) then stay = true break end
        size = size - 1
        bytes = bytes - #fields[2]
      end
      if size < old then redis.call('XTRIM', stream, 'MAXLEN', size) end
      if stay or #entries == 0 then break end
    end
  end
  redis.call('HSET', topic, 'b', bytes)
  redis.call('PEXPIRE', stream, limits[3])
  redis.call('PUBLISH', channel, offset)
  return tonumber(offset)
end
`

export const scripts: Readonly<Record<ScriptName, string>> = {
  /** The epoch, which whoever comes first gives. KEYS[1]; ARGV[1] a new one. */
  found: `redis.call('SET', KEYS[1], ARGV[1], 'NX') return redis.call('GET', KEYS[1])`,

  /** Another epoch in the place of one that has gone wrong. ARGV[1] the old one, ARGV[2] a new one. */
  renew: `if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('SET', KEYS[1], ARGV[2]) end
return redis.call('GET', KEYS[1])`,

  last: `${SAME}${LAST}return lastOf()`,

  /** KEYS[3] all clients by their last word; ARGV[4] n, [5] the client's name, [6] how many clients, [7] what their keys begin with. */
  raise: `${SAME}${LAST}
local last = lastOf()
if not last then redis.call('DEL', KEYS[2]) end
if not last or tonumber(last) < tonumber(ARGV[4]) then redis.call('HSET', KEYS[2], 'n', ARGV[4]) end
redis.call('HSET', KEYS[2], 'at', ARGV[2])
redis.call('PEXPIRE', KEYS[2], ARGV[3])
redis.call('ZADD', KEYS[3], ARGV[2], ARGV[5])
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', ARGV[2] - ARGV[3])
local many = redis.call('ZCARD', KEYS[3]) - ARGV[6]
if many > 0 then
  local popped = redis.call('ZPOPMIN', KEYS[3], math.min(many, 100))
  for i = 1, #popped, 2 do redis.call('DEL', ARGV[7] .. popped[i]) end
end
return 1`,

  /**
   * KEYS[3] all clients, then topic and stream of each event; ARGV[4] n, [5] the client's name, [6] 1 if refused, [7] why,
   * [8]–[10] the limits of history, then channel and data of each event. Offsets; nothing if n is not the next.
   */
  commit: `${SAME}${LAST}${ADD}
local last = lastOf()
if not last or tonumber(last) ~= tonumber(ARGV[4]) - 1 then return false end
redis.call('HSET', KEYS[2], 'n', ARGV[4], 'at', ARGV[2])
redis.call('PEXPIRE', KEYS[2], ARGV[3])
redis.call('ZADD', KEYS[3], ARGV[2], ARGV[5])
if ARGV[6] == '1' then redis.call('HSET', KEYS[2], 'r' .. ARGV[4], ARGV[7]) end
local limits = { tonumber(ARGV[8]), tonumber(ARGV[9]), tonumber(ARGV[10]) }
local offsets = {}
for i = 4, #KEYS, 2 do
  table.insert(offsets, add(KEYS[i], KEYS[i + 1], ARGV[i + 7], ARGV[i + 8], ARGV[2], limits))
end
return offsets`,

  /**
   * KEYS[2] who publishes, [3] topic, [4] stream; ARGV[2] now, [3] ms of memory, [4] the publisher's own count, [5] channel, [6] data,
   * [7]–[9] the limits of history. A driver may send a command again whose answer was lost: its count tells.
   */
  append: `${SAME}${ADD}
local done = redis.call('HMGET', KEYS[2], 'n', 'o')
if done[1] and tonumber(done[1]) >= tonumber(ARGV[4]) then return tonumber(done[2]) end
local limits = { tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9]) }
local offset = add(KEYS[3], KEYS[4], ARGV[5], ARGV[6], ARGV[2], limits)
redis.call('HSET', KEYS[2], 'n', ARGV[4], 'o', offset)
redis.call('PEXPIRE', KEYS[2], ARGV[3])
return offset`,

  /** KEYS[2] the client. Number and reason, one after the other. */
  refusals: `${SAME}
local fields = redis.call('HGETALL', KEYS[2])
local refusals = {}
for i = 1, #fields, 2 do
  local n = string.match(fields[i], '^r(%d+)$')
  if n then table.insert(refusals, n) table.insert(refusals, fields[i + 1]) end
end
return refusals`,

  /** KEYS[2] the client; ARGV[2] n. */
  confirm: `${SAME}
for _, field in ipairs(redis.call('HKEYS', KEYS[2])) do
  local n = string.match(field, '^r(%d+)$')
  if n and tonumber(n) <= tonumber(ARGV[2]) then redis.call('HDEL', KEYS[2], field) end
end
return 1`,

  /** KEYS[2] the topic. */
  position: `${SAME}return tonumber(redis.call('HGET', KEYS[2], 'o') or 0)`,

  /** KEYS[2] topic, [3] stream; ARGV[2] now, [3] after which offset, [4] how many, [5] ms of age. Data; nothing if not all is there. */
  since: `${SAME}
local top = tonumber(redis.call('HGET', KEYS[2], 'o') or 0)
local after = tonumber(ARGV[3])
if after > top then return false end
if after == top then return {} end
local first = string.format('%d-0', after + 1)
local entries = redis.call('XRANGE', KEYS[3], first, '+', 'COUNT', ARGV[4])
if #entries == 0 or entries[1][1] ~= first then return false end
if entries[1][2][4] + ARGV[5] <= tonumber(ARGV[2]) then return false end
local data = {}
for _, entry in ipairs(entries) do table.insert(data, entry[2][2]) end
return data`,
}
