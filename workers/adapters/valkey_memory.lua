-- What the broker remembers, and who mends it (valkey_memory.py). After stories_guard.lua.
--
-- KEYS: the guard, the lock. ARGV: what to do; who does it; the time in ms; seconds that a lock
-- lasts; then for `go`: how much is done, and of how much.

local guard, lock, act, me, now, lasts = KEYS[1], KEYS[2], ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local server = run_id()

if act == 'go' or act == 'open' then
  -- A lock that is another's, or of a time before the server was started again, is none.
  local since = generation(lock, me)
  if not since then return 0 end
  if act == 'go' then
    redis.call('HSET', lock, 'done', ARGV[5], 'total', ARGV[6])
    redis.call('EXPIRE', lock, lasts)
  else
    redis.call('HSET', guard, 'server', server, 'generation', since, 'at', now)
    redis.call('DEL', lock)
  end
  return 1
end

local found, since, at = unpack(redis.call('HMGET', guard, 'server', 'generation', 'at'))
local whole = found == server and since
if act == 'look' and whole then
  redis.call('HSET', guard, 'at', now)
  return 'whole'
end
local holder = redis.call('HGET', lock, 'owner')
if holder and holder ~= me then return 'held' end
if act == 'empty' or not at then
  redis.call('DEL', guard)
  at, whole = '', false
elseif not whole then
  redis.call('HDEL', guard, 'server', 'generation')
end
redis.call('DEL', lock)
redis.call('HSET', lock, 'owner', me, 'server', server, 'generation', whole and since or now,
  'began', now, 'done', 0, 'total', 0)
redis.call('EXPIRE', lock, lasts)
return at
