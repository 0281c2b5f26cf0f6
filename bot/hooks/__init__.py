"""Telling others that a person is needed, and hearing from them what came of it: ids, links and counts, no more."""
