"""The staff pages: caseload, a client's plan and texts, scheduling, escalations, and the engagement log."""

from bot.staff.routes import add_routes

__all__ = ["add_routes"]
