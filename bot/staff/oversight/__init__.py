"""What supervisors look at: the engagement log, measures, and how the team is."""
