-- KEYS: order, rows, version, ready.  ARGV: how many rows, up to which total every rank is a mark, then the mark ranks.
-- One moment of the board: {state, version, total, now in ms, {member, score, ...}, {body, ...}, {score, place, ...}}.
-- Scores are negated order keys, so that the best comes first and equals stand by member id.
local state = redis.call('GET', KEYS[4])
if not state then
  return false
end
local time = redis.call('TIME')
local now = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
local total = redis.call('ZCARD', KEYS[1])

local top, members, bodies = {}, {}, {}
if tonumber(ARGV[1]) > 0 then
  top = redis.call('ZRANGE', KEYS[1], 0, ARGV[1] - 1, 'WITHSCORES')
end
for n = 1, #top, 2 do
  members[#members + 1] = top[n]
end
if #members > 0 then
  bodies = redis.call('HMGET', KEYS[2], unpack(members))
end

local marks, last = {}, nil
local function mark(rank)
  local score = redis.call('ZRANGE', KEYS[1], rank - 1, rank - 1, 'WITHSCORES')[2]
  if score ~= last then
    marks[#marks + 1] = score
    marks[#marks + 1] = redis.call('ZCOUNT', KEYS[1], '-inf', '(' .. score) + 1
    last = score
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
return {state, redis.call('GET', KEYS[3]) or '0', total, now, top, bodies, marks}
