"""Where jobs run: a small Protocol and one module for each kind of place."""
