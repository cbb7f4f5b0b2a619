"""Telling other systems: signed messages over HTTPS, to addresses that the service may reach."""
