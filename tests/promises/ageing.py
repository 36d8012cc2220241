"""Moves the clock of the house and, by as much, the store's own: a key that lives for a minute is gone after one."""

from datetime import timedelta

import redis

AGE = """
for _, key in ipairs(redis.call('KEYS', '*')) do
  local left = redis.call('PTTL', key)
  if left >= 0 and left <= tonumber(ARGV[1]) then redis.call('DEL', key)
  elseif left >= 0 then redis.call('PEXPIRE', key, left - tonumber(ARGV[1])) end
end
"""


def age(client: redis.Redis, length: timedelta) -> None:
    """Let every key that has a life be older by so much."""
    client.eval(AGE, 0, str(int(length.total_seconds() * 1000)))
