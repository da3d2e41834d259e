"""JuliaHub's protocol, one file per section of the reference."""
