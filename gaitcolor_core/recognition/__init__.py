"""The attacker: who walks here, told by the gait alone."""
