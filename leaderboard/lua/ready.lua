-- KEYS: version, ready, build.  ARGV: channel, board, state, token.
-- With a token: the rebuild that holds it is complete, so the board may be shown.  Without: a ready board changes state.
-- Returns 'ready'; 'taken' when a later rebuild holds the board; 'lost' when there is nothing to finish (FLUSHALL).
if ARGV[4] ~= '' then
  local token = redis.call('GET', KEYS[3])
  if not token then
    return 'lost'
  end
  if token ~= ARGV[4] then
    return 'taken'
  end
  redis.call('DEL', KEYS[3])
elseif redis.call('EXISTS', KEYS[2]) == 0 then
  return 'lost'
end
redis.call('SET', KEYS[2], ARGV[3])
bump(KEYS[1], ARGV[1], ARGV[2])
return 'ready'
