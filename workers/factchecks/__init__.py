"""Reading published fact-checks from files, one module a format."""
