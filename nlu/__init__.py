"""Pipeline components: what a message asks (intent) and what it reports (findings)."""
