"""Benchmarks, run by hand and shortly in CI: ``python -m corpus.bench NAME``.

These machines are noisy: each result is given beside another of the same run, as a ratio.
"""
