/** What Redis does in one piece: nothing of a script happens without the rest of it. */

/**
 * Keys: items, facts, operations, index. Arguments: operation, agent, time in ms, session id, ttl in ms or 0, items.
 * The operation is noted last, so that whatever stops the script leaves it to be done again.
 */
export const APPEND = `
if redis.call('SISMEMBER', KEYS[3], ARGV[1]) == 1 then return 0 end
for i = 6, #ARGV do redis.call('RPUSH', KEYS[1], ARGV[i]) end
redis.call('HSET', KEYS[2], 'agent', ARGV[2], 'updated_at', ARGV[3])
redis.call('ZADD', KEYS[4], ARGV[3], ARGV[4])
redis.call('SADD', KEYS[3], ARGV[1])
if ARGV[5] ~= '0' then
  for i = 1, 3 do redis.call('PEXPIRE', KEYS[i], ARGV[5]) end
end
return 1`

/** Keys: items, facts. Argument: the first place from the end, as LRANGE counts. Gives the agent and the items. */
export const READ = `
local agent = redis.call('HGET', KEYS[2], 'agent')
return { agent or '', redis.call('LRANGE', KEYS[1], ARGV[1], -1), redis.call('LLEN', KEYS[1]) }`

/** Keys: items, facts, operations, index. Arguments: time in ms, session id. Operations stay: what landed lands no more. */
export const CLEAR = `
if redis.call('EXISTS', KEYS[2]) == 0 then return 0 end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[2], 'updated_at', ARGV[1])
redis.call('ZADD', KEYS[4], ARGV[1], ARGV[2])
return 1`

/** Keys: items, facts, operations, index. Argument: session id. */
export const REMOVE = `
redis.call('ZREM', KEYS[4], ARGV[1])
redis.call('DEL', KEYS[1], KEYS[3])
return redis.call('DEL', KEYS[2])`
