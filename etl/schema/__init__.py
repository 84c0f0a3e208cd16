"""The schema, declared once: it gives the DDL, the dictionary, the field register and the privacy test."""
