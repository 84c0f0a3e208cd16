"""Themes: from contributed texts to named groups that stay themselves."""
