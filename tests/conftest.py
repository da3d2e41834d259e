"""How hypothesis runs, in all tests."""

from hypothesis import HealthCheck, settings

# How fast a machine is, and how busy, is no property of what is tested.
settings.register_profile("patient", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")
