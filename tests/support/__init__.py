"""Drivers and fakes that several suites share."""
