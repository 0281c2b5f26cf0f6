"""The core: what is said to a client and why, as pure state machines."""
