"""A job's log: its lines, what they tell, the language of its filters."""
