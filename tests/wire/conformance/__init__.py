"""Every row of the protocol's tables, checked over HTTP against a real localhub; one file per section.

A case is named after its row. The hub's jobs are played by hand, everything else of it is the real thing.
"""
