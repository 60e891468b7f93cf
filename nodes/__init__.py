"""One node of a lab for real: the FastAPI app, its links and waves, its tasks."""
