"""A person's rights: access, erasure, retention; the suppression list and the audit log."""
