"""Who tries too often waits, and counting them takes no more memory than was set aside."""

import pytest

from localhub.domain.refusals import TooMany
from localhub.services import rate_limits
from localhub.services.rate_limits import RateLimit, network


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [1000.0]
    monkeypatch.setattr(rate_limits.time, "monotonic", lambda: now[0])
    return now


def test_a_burst_then_one_at_a_time(clock: list[float]) -> None:
    limit = RateLimit(burst=3, seconds=10)
    for _ in range(3):
        limit.take("a")
    with pytest.raises(TooMany) as refused:
        limit.take("a")
    assert refused.value.retry_after == 10
    limit.take("b")
    clock[0] += 10
    limit.take("a")
    with pytest.raises(TooMany):
        limit.take("a")


def test_a_good_try_is_given_back(clock: list[float]) -> None:
    limit = RateLimit(burst=1, seconds=10)
    for _ in range(5):
        limit.take("a")
        limit.give_back("a")
    limit.take("a")
    with pytest.raises(TooMany):
        limit.take("a")


def test_memory_is_bounded_and_the_longest_unused_goes(clock: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limits, "MAX_KEYS", 2)
    limit = RateLimit(burst=1, seconds=10)
    for key in ("a", "b", "c"):
        limit.take(key)
    with pytest.raises(TooMany):
        limit.take("c")
    limit.take("a")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8::1", "2001:db8::2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("testclient", "testclient", True),
    ],
)
def test_a_network_is_what_one_person_has(one: str, other: str, same: bool) -> None:
    assert (network(one) == network(other)) is same
