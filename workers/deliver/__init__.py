"""Publications on their way out, as signed webhooks."""
