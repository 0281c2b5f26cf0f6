"""What `milepost` can do, a file for each kind of thing."""
