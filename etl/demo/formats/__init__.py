"""The writers: rows in, the bytes of a true export out. Each knows one format."""
