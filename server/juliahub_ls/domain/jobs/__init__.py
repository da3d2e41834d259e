"""Jobs before, while and after they run: design, checks, code, views."""
