"""The host's service."""
