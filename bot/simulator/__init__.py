"""A caseload that lives on a virtual clock against the whole bot, and what must hold whatever it does.

Virtual clients read the texts that reach their phones and answer from what they read; virtual staff do what people at
the office do. Nothing leaves this machine. The same seed gives the same weeks again.
"""
