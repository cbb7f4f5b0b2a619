"""Settings, read once at the edge (`cli`, `api`) and passed down as values."""
