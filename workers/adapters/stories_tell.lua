-- Remember tellings and say which earlier ones are like them (tasks.ports.Stories.tell).
--
-- ARGV: prefix; guard and owner (stories_guard.lua); seconds of an epoch; epochs looked into; owners
-- of a band and of a term; most stories; then three for each telling: its ref, its record, its keys.
-- Keys: a byte that counts the bands; then 8 bytes a key: the text's, the bands', the terms'.
-- Of a key the first half chooses the hash and the second is the field there; the field's value
-- is the numbers that told it, 4 bytes each. Numbers and records: see valkey_stories.py.
-- Returns the generation, then for each telling its number and a list: number, relation, record,
-- number, ... Returns nothing, and does nothing, while the index must not be used.

local prefix, span, back = ARGV[1], tonumber(ARGV[4]), tonumber(ARGV[5])
local band_owners, term_owners, most = tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
local here_since = generation(ARGV[2], ARGV[3])
if not here_since then return false end
local epoch = math.floor(tonumber(redis.call('TIME')[1]) / span)
local life = span * back

-- The epochs in which anything was told, the current one last.
local epochs = {}
if redis.call('SET', prefix .. 'epoch:' .. epoch, '', 'NX', 'EX', life) then
  -- Records of one epoch lie together, since a hash of them ends when its first one does.
  local last = redis.call('GET', prefix .. 'last')
  if last then redis.call('SET', prefix .. 'last', math.floor(last / 128) * 128 + 127) end
end
for age = back - 1, 0, -1 do
  if redis.call('EXISTS', prefix .. 'epoch:' .. epoch - age) == 1 then
    epochs[#epochs + 1] = prefix .. epoch - age .. ':'
  end
end
local current = epochs[#epochs]

local function record_key(number)
  return prefix .. 'r:' .. math.floor(number / 128)
end

local function record_of(number)
  return redis.call('HGET', record_key(number), struct.pack('>I4', number))
end

local function ref_of(record)
  return string.sub(record, 3, 2 + struct.unpack('>I2', record))
end

-- What earlier epochs hold of a key; and the hash and field of it in the current one.
local function owners_before(key)
  local shard, field = struct.unpack('>I4', key), string.sub(key, 5)
  local older = ''
  for index = 1, #epochs - 1 do
    older = older .. (redis.call('HGET', epochs[index] .. shard, field) or '')
  end
  return older, current .. shard, field
end

local function will_end(name)
  if redis.call('HLEN', name) == 1 then redis.call('EXPIRE', name, life) end
end

local function holds(numbers, mine)
  for at = 1, #numbers, 4 do
    if string.sub(numbers, at, at + 3) == mine then return true end
  end
  return false
end

-- Remember `number` under a key if there is room; count who told it before in `met`.
local function own(key, number, limit, met)
  local older, name, field = owners_before(key)
  local mine = struct.pack('>I4', number)
  local here = ''
  local there = holds(older, mine)
  if not there and #older < 4 * limit and redis.call('HSETNX', name, field, mine) == 1 then
    there = true
    will_end(name)
  else
    here = redis.call('HGET', name, field) or ''
  end
  local all = older .. here
  for at = 1, #all, 4 do
    local four = string.sub(all, at, at + 3)
    if four == mine then
      there = true
    elseif four < mine then -- later ones are there when it is told again
      met[four] = (met[four] or 0) + 1
    end
  end
  if not there and #all < 4 * limit then
    redis.call('HSET', name, field, here .. mine)
    will_end(name)
  end
end

local function add(known, four, relation)
  local number = struct.unpack('>I4', four)
  local record = record_of(number)
  if record then
    known[#known + 1] = number
    known[#known + 1] = relation
    known[#known + 1] = record
  end
end

local reply = {here_since}
for at = 9, #ARGV, 3 do
  local ref, record, keys = ARGV[at], ARGV[at + 1], ARGV[at + 2]
  local bands = string.byte(keys)
  local text = string.sub(keys, 2, 9)
  local older, name, field = owners_before(text)
  local number, known = nil, {}
  local first = string.sub(older .. (redis.call('HGET', name, field) or ''), 1, 4)
  local earlier = #first == 4 and record_of(struct.unpack('>I4', first))
  if earlier and ref_of(earlier) ~= ref then
    number = struct.unpack('>I4', first)
    known = {number, 'text', earlier}
  else
    if earlier then
      number = struct.unpack('>I4', first)
    else
      number = redis.call('INCR', prefix .. 'last')
      local four = struct.pack('>I4', number)
      redis.call('HSET', record_key(number), four, record)
      will_end(record_key(number))
      redis.call('HSET', name, field, four)
      will_end(name)
    end
    local copies, shared, ranked = {}, {}, {}
    for start = 10, #keys, 8 do
      local key = string.sub(keys, start, start + 7)
      if start < 10 + 8 * bands then
        own(key, number, band_owners, copies)
      else
        own(key, number, term_owners, shared)
      end
    end
    for four in pairs(copies) do ranked[#ranked + 1] = four end
    table.sort(ranked)
    local stories = {}
    for four, count in pairs(shared) do
      if count > 1 then stories[#stories + 1] = {count, four} end
    end
    table.sort(stories, function(one, other)
      if one[1] ~= other[1] then return one[1] > other[1] end
      return one[2] < other[2]
    end)
    for _, four in ipairs(ranked) do
      add(known, four, 'copy')
    end
    for index = 1, math.min(most, #stories) do
      add(known, stories[index][2], 'story')
    end
  end
  reply[#reply + 1] = number
  reply[#reply + 1] = known
end
return reply
