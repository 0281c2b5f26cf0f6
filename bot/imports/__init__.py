"""Lists of clients and of visits as a county keeps them: read, weighed row by row, and taken once."""
