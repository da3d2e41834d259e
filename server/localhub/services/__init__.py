"""What acts: the store, blobs, tokens, jobs, logs and uploads."""
