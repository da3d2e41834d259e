"""How often someone may try: token buckets in bounded memory."""

import threading
import time
from collections import OrderedDict
from ipaddress import IPv6Address, ip_address

from localhub.domain.refusals import TooMany

MAX_KEYS = 10_000
"""Past this the one that was longest unused is forgotten."""


class RateLimit:
    """At most `burst` tries at once by the same key, and one more every `seconds`. Thread-safe."""

    def __init__(self, burst: int, seconds: float) -> None:
        self._burst = burst
        self._seconds = seconds
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, key: str) -> None:
        """One try. Raises `TooMany` when there is none left."""
        with self._lock:
            left = self._left(key)
            if left >= 1:
                self._buckets[key] = left - 1, time.monotonic()
                self._buckets.move_to_end(key)
                if len(self._buckets) > MAX_KEYS:
                    self._buckets.popitem(last=False)
                return
        raise TooMany((1 - left) * self._seconds)

    def give_back(self, key: str) -> None:
        """The try was a good one, and good ones are not counted."""
        with self._lock:
            if key in self._buckets:
                self._buckets[key] = self._left(key) + 1, time.monotonic()

    def _left(self, key: str) -> float:
        left, since = self._buckets.get(key, (float(self._burst), 0.0))
        return min(float(self._burst), left + (time.monotonic() - since) / self._seconds)


class RateLimits:
    """Everything of a hub that is limited. Keys are `network(address)` unless said otherwise.

    Failures alone are counted where a good client asks again and again.
    """

    def __init__(self) -> None:
        self.sign_ins = RateLimit(60, 1)
        """Challenges and device codes asked for."""
        self.bad_tokens = RateLimit(60, 2)
        """Renewals, claims and polls that named nothing we know."""
        self.guesses = RateLimit(30, 10)
        """Wrong passwords and codes."""
        self.account_guesses = RateLimit(10, 60)
        """Wrong passwords, by account."""


def network(address: str) -> str:
    """What one person has of addresses: one of IPv4, a /64 of IPv6."""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    if isinstance(known, IPv6Address) and known.ipv4_mapped is None:
        return known.exploded[:19]
    return str(known)
