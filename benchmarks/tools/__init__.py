"""What the benchmarks share. Each of them prints figures beside their limits and ends with 1 if one was missed."""
