"""One row per person: keys and their resolution."""
