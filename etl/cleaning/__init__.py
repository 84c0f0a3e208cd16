"""Pure functions that clean one value."""
