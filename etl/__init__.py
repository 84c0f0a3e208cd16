"""Changes data: from landed bytes to a release. Imports neither Prefect nor Streamlit."""
