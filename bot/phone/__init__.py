"""The phone simulator: text as a client of the demo and move the demo's time, no account anywhere."""

from bot.phone.views import add_routes

__all__ = ["add_routes"]
