-- Whether the index is as it was left: this comes before the other scripts of the index.
--
-- A hash, the guard, says for which run of the server the index was last found whole. A server that
-- was emptied has none; one that was started again has another run id, and has perhaps forgotten
-- its last second. Who fills the index again names itself: its guard is the lock that it holds.

-- '' where INFO is forbidden: a restart is not noticed there, a loss of everything is.
local function run_id()
  local info = redis.pcall('INFO', 'server')
  if type(info) ~= 'string' then return '' end
  return string.match(info, 'run_id:(%x+)') or ''
end

-- The generation of numbers that is in force; nothing while the index must not be used.
local function generation(guard, owner)
  if guard == '' then return '0' end
  local server, holder, found = unpack(redis.call('HMGET', guard, 'server', 'owner', 'generation'))
  if server ~= run_id() or (holder or '') ~= owner then return nil end
  return found
end
