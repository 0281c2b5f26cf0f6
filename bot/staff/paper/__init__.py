"""What is printed: a thread for the case file, and a client's plan to take home."""
