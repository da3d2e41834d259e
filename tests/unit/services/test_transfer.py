"""How a transfer stands, in words, with a clock that the test turns."""

from juliahub_ls.services.transfer import Transfer


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_how_much_how_fast_how_long_still() -> None:
    clock = Clock()
    upload = Transfer("Uploading", 300_000_000, clock)
    assert upload.at(0) == ("Uploading 0 % of 300.0 MB", 0.0)
    clock.now += 0.5
    assert upload.at(3_000_000)[0] == "Uploading 1 % of 300.0 MB"
    clock.now += 9.5
    assert upload.at(120_000_000) == ("Uploading 40 % (12.0 MB/s, 0:15 left)", 0.4)
    assert upload.at(300_000_000)[0] == "Uploading 100 % (30.0 MB/s, 0:00 left)"


def test_one_that_begins_again_is_measured_anew() -> None:
    clock = Clock()
    upload = Transfer("Uploading", 100_000_000, clock)
    clock.now += 10
    upload.at(90_000_000)
    upload.at(0)
    clock.now += 2
    assert upload.at(10_000_000)[0] == "Uploading 10 % (5.0 MB/s, 0:18 left)"


def test_nothing_is_all_there_at_once() -> None:
    assert Transfer("Uploading", 0, Clock()).at(0) == ("Uploading 100 % of 0 B", 1.0)
