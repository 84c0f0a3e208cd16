"""Bytes to a table of text: sniffing, encodings, limits, the limited child."""
