"""Texts that staff schedule: to one, to several, and what a supervisor says yes to."""
