"""The same protocol from the other end: our client against servers of each generation (§13, Appendix D)."""
