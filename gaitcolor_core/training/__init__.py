"""Training: one readable loop a network, and what it eats."""
