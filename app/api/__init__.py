"""The screening API: HTTP in front of `screen`, nothing of its own but keys, limits and errors."""
