"""SQL, one SELECT per file: where meaning lives."""
