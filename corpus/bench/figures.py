"""How fast figures are read, and that the time a character takes does not grow with the text."""

from __future__ import annotations

import time

import click

from corpus.bench.texts import generated_text, language_of, seed_texts
from corpus.figures import find_figures


def _seconds(text: str, language: str, *, at_least: float = 0.5) -> float:
    """Seconds one reading of a text takes: the best of as many as fit into `at_least` seconds, three or more."""
    best = float("inf")
    spent, runs = 0.0, 0
    while spent < at_least or runs < 3:
        started = time.process_time()
        find_figures(text, language)
        took = time.process_time() - started
        best = min(best, took)
        spent, runs = spent + took, runs + 1
    return best


@click.command()
def figures() -> None:
    """Characters a second that figures are read at, one process."""
    for language in ("de", "ru"):
        find_figures("7 Milliarden", language)  # compile the tables outside the clock
    rates: dict[str, float] = {}
    for name, text in seed_texts().items():
        rates[name] = len(text) / _seconds(text, language_of(name), at_least=0.2)
    for language in ("de", "ru"):
        for size in (10_000, 100_000, 1_000_000):
            text = generated_text(language, size)
            rates[f"generated {language} {size:>9,}"] = len(text) / _seconds(text, language)
    for name, rate in rates.items():
        click.echo(f"{name:30} {rate:>12,.0f} characters/s")
    for language in ("de", "ru"):
        ratio = rates[f"generated {language}    10,000"] / rates[f"generated {language} 1,000,000"]
        click.echo(f"time a character, 1 MB / 10 kB, {language}: {ratio:.2f}")
    for name, unit in (("digits", "1"), ("number words", "one hundred "), ("separators", "1.,'"), ("signs", "$-")):
        small, large = (unit * (size // len(unit)) for size in (10_000, 100_000))
        ratio = _seconds(large, "en") / _seconds(small, "en") / 10
        click.echo(f"hostile {name}: time a character, 100 kB / 10 kB: {ratio:.2f}")
