"""The parts of benchmarks/dispatch.py, each one question."""
