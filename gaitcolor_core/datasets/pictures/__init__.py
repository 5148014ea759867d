"""How walkers become pictures: cameras, light, places, shadows."""
