-- KEYS: order, rows, version, ready.  ARGV: member, radius.
-- {version, total, index of the first row, its shared place, {member, ...}, {row, ...}}, or false.
if redis.call('EXISTS', KEYS[4]) == 0 then
  return false
end
local own = redis.call('HGET', KEYS[2], ARGV[1])
if not own then
  return false
end
local key = string.match(own, '^%d+:(%x*):')
local index = redis.call('ZRANK', KEYS[1], key .. '.' .. ARGV[1])
if not index then
  return false
end
local first = math.max(index - ARGV[2], 0)
local places = redis.call('ZRANGE', KEYS[1], first, index + ARGV[2])
local members = {}
for n, place in ipairs(places) do
  members[n] = string.match(place, '%.(.*)')
end
local best = string.match(places[1], '^%x+')
local shared = redis.call('ZLEXCOUNT', KEYS[1], '-', '(' .. best) + 1
local rows = redis.call('HMGET', KEYS[2], unpack(members))
return {redis.call('GET', KEYS[3]) or '0', redis.call('ZCARD', KEYS[1]), first, shared, members, rows}
