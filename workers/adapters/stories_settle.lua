-- Join narratives and say where tellings stand (tasks.ports.Stories.settle).
--
-- ARGV: prefix; guard and owner (stories_guard.lua); the generation of the numbers, '' where there
-- are none; seconds that a telling lives; joins, 9 bytes each: later, earlier, whether a copy;
-- then the numbers that are asked for, 4 bytes each.
-- A hash `u:` holds, for a number that was joined, the number above it (0: none) and the number
-- that it is a copy of (0: none), 4 bytes each.
-- Returns for each number the digests of its path and the ref of its first telling ('': none).
-- Returns nothing while the index must not be used, 'forgotten' when the numbers are older than it.

local prefix, life, joins, asked = ARGV[1], tonumber(ARGV[5]), ARGV[6], ARGV[7]
local here_since = generation(ARGV[2], ARGV[3])
if not here_since then return false end
if here_since ~= ARGV[4] then return 'forgotten' end

local function shard(kind, number)
  return prefix .. kind .. math.floor(number / 128)
end

local function links(number)
  local found = redis.call('HGET', shard('u:', number), struct.pack('>I4', number))
  if not found then return 0, 0 end
  local above, first = struct.unpack('>I4I4', found)
  return above, first
end

local function link(number, above, first)
  local name = shard('u:', number)
  redis.call('HSET', name, struct.pack('>I4', number), struct.pack('>I4I4', above, first))
  redis.call('EXPIRE', name, life)
end

local function path(number)
  local found = {number}
  local above = links(number)
  while above ~= 0 do
    found[#found + 1] = above
    above = links(above)
  end
  return found
end

local function record_of(number)
  return redis.call('HGET', shard('r:', number), struct.pack('>I4', number))
end

for at = 1, #joins, 9 do
  local later, earlier, copy = struct.unpack('>I4I4B', string.sub(joins, at, at + 8))
  local above, first = links(later)
  if copy == 1 and first == 0 then
    local _, before = links(earlier)
    link(later, above, before ~= 0 and before or earlier)
  end
  local one, other = path(later), path(earlier)
  one, other = one[#one], other[#other]
  if one ~= other then
    local older, younger = math.min(one, other), math.max(one, other)
    local _, copied = links(younger)
    link(younger, older, copied)
    -- the first telling stays as long as anything joins it
    redis.call('EXPIRE', shard('r:', older), life)
    if redis.call('EXISTS', shard('u:', older)) == 1 then
      redis.call('EXPIRE', shard('u:', older), life)
    end
  end
end

local reply = {}
for at = 1, #asked, 4 do
  local number = struct.unpack('>I4', string.sub(asked, at, at + 3))
  local digests, ref = {}, ''
  for _, one in ipairs(path(number)) do
    local record = record_of(one)
    if record then
      local ref_end = 2 + struct.unpack('>I2', record)
      digests[#digests + 1] = string.sub(record, ref_end + 1, ref_end + 8)
    end
  end
  local _, first = links(number)
  local record = first ~= 0 and record_of(first)
  if record then ref = string.sub(record, 3, 2 + struct.unpack('>I2', record)) end
  reply[#reply + 1] = digests
  reply[#reply + 1] = ref
end
return reply
