"""All clients of somebody: finding, adding, bringing in by list, joining duplicates, giving on."""
