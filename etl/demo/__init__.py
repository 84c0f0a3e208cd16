"""The invented network, written in true export formats."""
