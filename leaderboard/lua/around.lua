-- KEYS: order, rows, version, ready.  ARGV: member, radius.
-- {version, total, index of the first row, its shared place, {member, score, ...}, {body, ...}}, or false.
if redis.call('EXISTS', KEYS[4]) == 0 then
  return false
end
local index = redis.call('ZRANK', KEYS[1], ARGV[1])
if not index then
  return false
end
local first = math.max(index - ARGV[2], 0)
local rows = redis.call('ZRANGE', KEYS[1], first, index + ARGV[2], 'WITHSCORES')
local members = {}
for n = 1, #rows, 2 do
  members[#members + 1] = rows[n]
end
local place = redis.call('ZCOUNT', KEYS[1], '-inf', '(' .. rows[2]) + 1
local bodies = redis.call('HMGET', KEYS[2], unpack(members))
return {redis.call('GET', KEYS[3]) or '0', redis.call('ZCARD', KEYS[1]), first, place, rows, bodies}
