"""localhub: a server of our own that speaks JuliaHub's protocol, embedded on this computer or served to a group."""
