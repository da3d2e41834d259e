"""Which of this computer's variables the user's code sees."""

import pytest

from localhub.engines.julia_process import machine_environment


@pytest.mark.parametrize(
    ("environ", "seen"),
    [
        # as it is, empty variables too
        ({"HOME": "/h", "EMPTY": ""}, {"HOME": "/h", "EMPTY": ""}),
        # what belongs to another job or an interactive Julia stays out
        ({"JRUN_NAME": "jr-1", "RESULTS": "{}", "JULIA_PROJECT": "@.", "A": "1"}, {"A": "1"}),
        # the user's own PYTHONPATH
        ({"PYTHONPATH": "/mine"}, {"PYTHONPATH": "/mine"}),
        # the extension's libraries are not the job's; the user had none
        ({"PYTHONPATH": "/ext/libs", "JULIAHUB_LS_USER_PYTHONPATH": ""}, {}),
        # the user's comes back
        ({"PYTHONPATH": "/ext/libs", "JULIAHUB_LS_USER_PYTHONPATH": "/mine"}, {"PYTHONPATH": "/mine"}),
    ],
)
def test_machine_environment(environ: dict[str, str], seen: dict[str, str]) -> None:
    assert machine_environment(environ) == seen
