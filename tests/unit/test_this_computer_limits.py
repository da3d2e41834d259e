"""What the form says "This computer" cannot do is what its hub refuses, and no more."""

import pytest

from juliahub_ls.domain.jobs.this_computer import not_here
from localhub.domain.refusals import Refusal
from localhub.domain.submission_rules import design
from tests.unit.localhub.test_submission_rules import OFFER, submission


@pytest.mark.parametrize(
    ("field", "asked", "sent"),
    [
        ("elastic", {"elastic": True}, {"elastic": "true", "nworkers": "1"}),
        ("port", {"port": True}, {"dns_prefix": "mine"}),
        ("sysimage", {"sysimage": True}, {"sysimage_build": "true"}),
    ],
)
def test_the_form_says_what_the_hub_would(field: str, asked: "dict[str, bool]", sent: "dict[str, str]") -> None:
    nothing = {"elastic": False, "port": False, "sysimage": False}
    assert [unfit.field for unfit in not_here(**{**nothing, **asked})] == [field]
    with pytest.raises(Refusal):
        design(submission(**sent), OFFER)
    assert not list(not_here(**nothing))
