-- KEYS: order, rows, version, ready.  ARGV: how many rows, up to which total every rank is a mark, then the mark ranks.
-- One moment of the board: {state, version, total, now in ms, {member, ...}, {row, ...}, {order key, place, ...}}.
-- All places of those who are better than a key, and no other, sort below the key itself, so ZLEXCOUNT counts them.
local state = redis.call('GET', KEYS[4])
if not state then
  return false
end
local time = redis.call('TIME')
local now = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
local total = redis.call('ZCARD', KEYS[1])

local members, rows = {}, {}
if tonumber(ARGV[1]) > 0 then
  for n, place in ipairs(redis.call('ZRANGE', KEYS[1], 0, ARGV[1] - 1)) do
    members[n] = string.match(place, '%.(.*)')
  end
end
if #members > 0 then
  rows = redis.call('HMGET', KEYS[2], unpack(members))
end

local marks, last = {}, nil
local function mark(rank)
  local key = string.match(redis.call('ZRANGE', KEYS[1], rank - 1, rank - 1)[1], '^%x+')
  if key ~= last then
    marks[#marks + 1] = key
    marks[#marks + 1] = redis.call('ZLEXCOUNT', KEYS[1], '-', '(' .. key) + 1
    last = key
  end
end
if total <= tonumber(ARGV[2]) then
  for rank = 1, total do
    mark(rank)
  end
else
  for n = 3, #ARGV do
    local rank = tonumber(ARGV[n])
    if rank < total then
      mark(rank)
    end
  end
  mark(total)
end
return {state, redis.call('GET', KEYS[3]) or '0', total, now, members, rows, marks}
