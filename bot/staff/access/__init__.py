"""Who may come in: log-in, second factor, invitations, accounts, and the tokens of other systems."""
