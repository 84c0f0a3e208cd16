"""How things are run; the only importer of Prefect."""
