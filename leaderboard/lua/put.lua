-- KEYS: order, rows, version.  ARGV: channel ('' = silent), board, then (member, order key, version, body) for each row.
-- A row lives as "<version>:<order key>:<body>" and has its place "<order key>.<member>"; '.' sorts below every sign of a key,
-- so that places sort as their keys do, whatever the lengths.  An empty body is a tombstone: off the board, but its version
-- stays to be compared.
-- Returns how many rows changed.  No member may come twice in one call: all stored versions are read at once.
local members = {}
for at = 3, #ARGV, 4 do
  members[#members + 1] = ARGV[at]
end
local stored = redis.call('HMGET', KEYS[2], unpack(members))
local hash, come, gone = {}, {}, {}
for n, member in ipairs(members) do
  local at = 3 + (n - 1) * 4
  local key, version, body = ARGV[at + 1], ARGV[at + 2], ARGV[at + 3]
  local old_version, old_key = string.match(stored[n] or '0::', '^(%d+):(%x*):')
  if tonumber(version) > tonumber(old_version) then
    hash[#hash + 1] = member
    hash[#hash + 1] = version .. ':' .. key .. ':' .. body
    if old_key ~= '' and old_key ~= key then
      gone[#gone + 1] = old_key .. '.' .. member
    end
    if key ~= '' and old_key ~= key then
      come[#come + 1] = 0
      come[#come + 1] = key .. '.' .. member
    end
  end
end
if #hash == 0 then
  return 0
end
redis.call('HSET', KEYS[2], unpack(hash))
if #gone > 0 then
  redis.call('ZREM', KEYS[1], unpack(gone))
end
if #come > 0 then
  redis.call('ZADD', KEYS[1], unpack(come))
end
bump(KEYS[3], ARGV[1], ARGV[2])
return #hash / 2
