"""What goes into a bundle and what stays home: planned, shown, edited, written and kept."""
