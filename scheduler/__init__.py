"""When: pure time rules, the ticker that wakes due work, and the sender that drains the outbox."""
