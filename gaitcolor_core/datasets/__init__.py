"""Sources of walkers: rendered clips and recorded data sets."""
