"""What is said: the catalogs, and the words each language uses for a reply."""
