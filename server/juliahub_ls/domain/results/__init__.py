"""What jobs leave behind: summaries, files, and jobs side by side."""
