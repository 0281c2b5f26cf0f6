"""One client's pages: who they are, what was said, plan, notes, and taking over the thread."""
