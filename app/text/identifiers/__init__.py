"""Identifiers of companies, one module a format. Each has `compact`, `validate` (which raises `ValueError` with one
sentence), `is_valid` and `explain`; those that say where a company is registered have `division`, too."""
