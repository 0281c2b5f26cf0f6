"""The trials of the fault suite, one to a file."""
