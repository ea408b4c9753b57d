"""What happens to an item: models, stages and the pipeline. Knows nothing of where it runs."""
