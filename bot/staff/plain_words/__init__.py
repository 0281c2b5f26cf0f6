"""What the records say in one word, in plain words for staff. A word that is in no table is shown as it stands."""
