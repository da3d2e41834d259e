"""Julia environments, depots and registries as Julia sees them: read, compared and checked."""
