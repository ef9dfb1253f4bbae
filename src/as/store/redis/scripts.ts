import { createHash } from 'node:crypto';

/** A script that Redis runs in one step. */
export interface Script {
  readonly text: string;
  /** what Redis knows it by once it has seen it */
  readonly sha1: string;
}

function script(text: string): Script {
  return { text, sha1: createHash('sha1').update(text).digest('hex') };
}

/** Puts ARGV 2 at KEYS 1 for ARGV 3 milliseconds; empty: until it is deleted. */
const WRITE = `
local function write(text, milliseconds)
  if milliseconds == '' then
    redis.call('SET', KEYS[1], text)
  else
    redis.call('SET', KEYS[1], text, 'PX', milliseconds)
  end
end`;

/** Has a sorted set end some time after its last entry does, if that is foreseeable; never sooner than it was to end. */
const OUTLIVE = `
local function outlive(key, now, slack, scores)
  local last = redis.call('ZRANGE', scores, -1, -1, 'WITHSCORES')[2]
  if not last then return end
  local seconds = tonumber(last) - now + slack
  if seconds > 1000000000 then
    redis.call('PERSIST', key)
  elseif redis.call('PTTL', key) < seconds * 1000 then
    redis.call('PEXPIRE', key, string.format('%.0f', seconds * 1000))
  end
end`;

/** KEYS record; ARGV now, text, milliseconds. 1 if nothing was there, or only what has ended. */
export const ADD = script(`${WRITE}
local known = redis.call('GET', KEYS[1])
if known and tonumber(string.match(known, '^%S+')) > tonumber(ARGV[1]) then return 0 end
write(ARGV[2], ARGV[3])
return 1`);

/** KEYS record; ARGV now, text, milliseconds, expected content. 1 if the expected content was there. */
export const REPLACE = script(`${WRITE}
local known = redis.call('GET', KEYS[1])
if not known then return 0 end
local ends = string.match(known, '^%S+')
if tonumber(ends) <= tonumber(ARGV[1]) then return 0 end
if string.sub(known, #ends + 2) ~= ARGV[4] then return 0 end
write(ARGV[2], ARGV[3])
return 1`);

/**
 * KEYS record. Takes it if Redis has memory to write to: SETRANGE of nothing changes nothing, and is refused where it has
 * not, which GETDEL alone is not.
 */
export const TAKE_TO_REPLACE = script(`
redis.call('SETRANGE', KEYS[1], 0, '')
return redis.call('GETDEL', KEYS[1])`);

/**
 * KEYS counter; ARGV now, seconds of the window. The count. A window that began by a clock which was ahead ends no later
 * than one that begins now.
 */
export const INCREMENT = script(`
local now, seconds = tonumber(ARGV[1]), tonumber(ARGV[2])
local count, ends = 1, now + seconds
local known = redis.call('GET', KEYS[1])
if known then
  local knownEnds, knownCount = string.match(known, '^(%S+) (%d+)$')
  if tonumber(knownEnds) > now then
    count = tonumber(knownCount) + 1
    ends = math.min(tonumber(knownEnds), ends)
  end
end
local milliseconds = string.format('%.0f', math.max(1, math.ceil((ends - now) * 1000)))
redis.call('SET', KEYS[1], string.format('%.17g %d', ends, count), 'PX', milliseconds)
return count`);

/** KEYS index; ARGV id, its end, now, slack. Enters the id, and clears away what has ended. */
export const ENTER_INDEX = script(`${OUTLIVE}
local now, slack = tonumber(ARGV[3]), tonumber(ARGV[4])
redis.call('ZADD', KEYS[1], 'GT', ARGV[2], ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.17g', now - slack))
outlive(KEYS[1], now, slack, KEYS[1])
return 1`);

/** Takes out of a line what has ended; at most a thousand, so that nobody waits for it. */
const CLEAR_LINE = `
local function clear(now)
  local ended = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now, 'LIMIT', 0, 1000)
  if #ended == 0 then return end
  redis.call('ZREM', KEYS[1], unpack(ended))
  redis.call('ZREM', KEYS[2], unpack(ended))
end`;

/** KEYS order, ends; ARGV id, its end, now. Puts the id at the end of the line. */
export const ENTER_LINE = script(`${OUTLIVE}${CLEAR_LINE}
clear(ARGV[3])
local last = redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')[2] or '0'
redis.call('ZADD', KEYS[1], string.format('%.0f', tonumber(last) + 1), ARGV[1])
redis.call('ZADD', KEYS[2], 'GT', ARGV[2], ARGV[1])
outlive(KEYS[1], tonumber(ARGV[3]), 0, KEYS[2])
outlive(KEYS[2], tonumber(ARGV[3]), 0, KEYS[2])
return 1`);

/** KEYS order, ends; ARGV now, how many may stay, how many at most. The ids that are too many, each with its place. */
export const OLDEST_IN_LINE = script(`${CLEAR_LINE}
clear(ARGV[1])
local many = math.min(redis.call('ZCARD', KEYS[1]) - tonumber(ARGV[2]), tonumber(ARGV[3]))
if many <= 0 then return {} end
return redis.call('ZRANGE', KEYS[1], 0, many - 1, 'WITHSCORES')`);

/** KEYS order, ends; ARGV id, place and so on. Takes those out that still have that place. */
export const LEAVE_LINE = script(`
local left = 0
for at = 1, #ARGV, 2 do
  if redis.call('ZSCORE', KEYS[1], ARGV[at]) == ARGV[at + 1] then
    redis.call('ZREM', KEYS[1], ARGV[at])
    redis.call('ZREM', KEYS[2], ARGV[at])
    left = left + 1
  end
end
return left`);
