"""Who walks: bodies, clothes and gaits."""
