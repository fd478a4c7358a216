-- KEYS: order, rows, version.  ARGV: channel ('' = silent), board, then (member, score, version, body) for each row.
-- A row lives as "<version>:<body>"; an empty body is a tombstone: off the board, but its version stays to be compared.
-- Returns how many rows changed.  No member may come twice in one call: all stored versions are read at once.
local members = {}
for at = 3, #ARGV, 4 do
  members[#members + 1] = ARGV[at]
end
local stored = redis.call('HMGET', KEYS[2], unpack(members))
local hash, order, gone = {}, {}, {}
for n, member in ipairs(members) do
  local at = 3 + (n - 1) * 4
  local old = stored[n]
  if not old or tonumber(ARGV[at + 2]) > tonumber(string.match(old, '^%d+')) then
    hash[#hash + 1] = member
    hash[#hash + 1] = ARGV[at + 2] .. ':' .. ARGV[at + 3]
    if ARGV[at + 3] == '' then
      gone[#gone + 1] = member
    else
      order[#order + 1] = ARGV[at + 1]
      order[#order + 1] = member
    end
  end
end
if #hash == 0 then
  return 0
end
redis.call('HSET', KEYS[2], unpack(hash))
if #order > 0 then
  redis.call('ZADD', KEYS[1], unpack(order))
end
if #gone > 0 then
  redis.call('ZREM', KEYS[1], unpack(gone))
end
bump(KEYS[3], ARGV[1], ARGV[2])
return #hash / 2
