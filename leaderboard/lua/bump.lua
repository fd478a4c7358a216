-- Put before every script that changes a board: a new version, and the one small signal.
-- The clock of Redis keeps versions growing across FLUSHALL. Microseconds, because a script call takes longer than one:
-- counted in milliseconds, a burst of puts would run ahead of the clock, and a flush after it would go back.
local function bump(version_key, channel, board)
  local time = redis.call('TIME')
  local now = time[1] * 1000000 + time[2]
  local version = math.max((tonumber(redis.call('GET', version_key)) or 0) + 1, now)
  local text = string.format('%.0f', version)
  redis.call('SET', version_key, text)
  if channel ~= '' then
    redis.call('PUBLISH', channel, board .. ' ' .. text)
  end
  return text
end
