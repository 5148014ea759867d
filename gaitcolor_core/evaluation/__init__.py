"""Figures about the result: how it reads, how fast it comes, what it hides."""
