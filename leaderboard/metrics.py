"""What `/metrics` tells about boards. Counters of this process; a scrape sees each process by itself."""

from prometheus_client import Counter, Gauge

ANNOUNCE_FAILED = Counter("board_announce_failures", "Announcements that Redis did not take at once")
ANNOUNCE_WAITING = Gauge("board_announce_waiting", "Rows that wait for Redis to come back")
ANNOUNCE_DROPPED = Counter("board_announce_dropped", "Rows given up; their board is hidden until it is rebuilt")
FALLBACKS = Counter("board_fallbacks", "Snapshots that were read from SQL")

SOCKETS = Gauge("board_sockets", "Open board sockets")
REFUSED = Counter("board_sockets_refused", "Sockets refused at the handshake", ["reason"])
PUSHES = Counter("board_pushes", "Snapshots pushed, each to all sockets of a board")
SENDS = Counter("board_sends", "Frames handed to sockets")
REDIS_LOST = Counter("board_hub_redis_lost", "Times that the hub lost Redis")
RESTARTS = Counter("board_hub_restarts", "Hub tasks that died of a bug and were started again")
