"""The ways a text travels: the provider, and the phone simulator of the demo."""
