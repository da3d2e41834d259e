"""What a job is, what may be submitted and who may see it: pure values and decisions."""
