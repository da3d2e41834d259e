"""TOML that a user may be in the middle of typing: its values, and where they stand."""
