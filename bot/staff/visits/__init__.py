"""Visits: entering, moving and closing them, the times a worker offers, calendars."""
