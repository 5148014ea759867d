"""One step of the flow a file; only the pipeline joins them."""
