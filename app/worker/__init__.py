"""The worker: screens uploaded files chunk by chunk, so that whatever ends it, no row is lost or screened twice."""
