"""Nothing of what its entry points promise."""
