"""The web pages: what a compliance officer sees. HTML in front of the same functions that the API calls."""
