"""Writing to a client: what is known of them, what fits, what is amiss, and when it may leave."""
