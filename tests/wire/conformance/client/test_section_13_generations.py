"""Section 13: every call of the client against every generation of servers."""

import asyncio
import json

import pytest

from juliahub_ls import errors
from juliahub_ls.services.hub_client import HubClient
from juliahub_ls.services.log_stream import LogStream, Records, StreamState
from juliahub_ls.services.token_store import TokenStore
from juliahub_wire.auth import TokenTable
from juliahub_wire.submission import Submission

from .generations import DIGEST, FILE_CONTENT, INPUTS, JOB, LEGACY, MESSAGES, Server

SUBMISSION = Submission(
    args={"N": "1"}, usercode="println(1)", node_class="m6", cpu=2, nworkers=0, limit_type="time", limit_value=2
)


async def test_13_who_and_which_version(hub: HubClient, server: Server) -> None:
    found = await hub.api_version()
    assert found.username == "ada"
    assert found.api_version == (server.generation.api_version or "0.0.0-legacy")
    assert ("POST /v1/graphql" in server.script.seen) == (server.generation is LEGACY)


async def test_13_a_bad_token_is_no_answer(hub: HubClient, server: Server, store: TokenStore) -> None:
    """401, or 500 on some: never taken for an empty list, and the sign-in is lost for a 401 alone."""
    store.write(TokenTable(id_token="bad"))
    unauthorized = server.generation.bad_token_status == 401
    with pytest.raises(errors.TokenRefused if unauthorized else errors.ServerFailed):
        await hub.jobs()
    assert store.path.exists() == (not unauthorized)


async def test_13_node_specs(hub: HubClient, server: Server) -> None:
    (spec,) = await hub.node_specs()
    assert (spec.node_class, spec.vcores, spec.memory_gb, spec.memory_display, spec.id) == ("m6", 2, 8, "4", 7)


async def test_13_jobs_and_their_files(hub: HubClient, server: Server) -> None:
    listed, job = (await hub.jobs())[0], await hub.job(JOB)
    assert listed == job
    assert (job.jobname_alias, job.outputs, job.endtimestamp, job.done) == ("pi", "", None, False)
    code, pending = job.files
    assert (code.hash.sha256_hex(), code.size) == (DIGEST.hex(), len(FILE_CONTENT)), "as hex or as base64 (§7.4)"
    assert (pending.hash.sha256_hex(), pending.size) == (None, None), "not uploaded yet"


async def test_13_inputs_escaped_or_not(hub: HubClient, server: Server) -> None:
    assert (await hub.job(JOB)).input_values() == INPUTS


async def test_13_an_unknown_job(hub: HubClient, server: Server) -> None:
    with pytest.raises(errors.JobNotFound):
        await hub.job("jr-none")
    with pytest.raises(errors.JobNotFound):
        await hub.kill("jr-none")
    with pytest.raises(errors.JobNotFound):
        await hub.extend("jr-none", 1)
    with pytest.raises(errors.JobNotFound):
        await hub.log_page("jr-none")


async def test_13_kill_at_once_or_after_a_while(hub: HubClient, server: Server) -> None:
    await hub.kill(JOB)
    shown = [(await hub.job(JOB)).status for _ in range(4)]
    asynchronous = ["Running", "Running", "Stopped", "Stopped"]
    assert shown == (asynchronous if server.generation.kill_is_asynchronous else ["Stopped"] * 4)


async def test_13_extend_by_whole_hours(hub: HubClient, server: Server) -> None:
    await hub.extend(JOB, 2.0)
    assert json.loads(server.script.bodies[-1]) == {"jobname": JOB, "extendby": 2}


async def test_13_the_limit_has_the_name_that_6_0_reads_too(hub: HubClient, server: Server) -> None:
    assert await hub.submit(SUBMISSION) == JOB
    body = server.script.bodies[-1]
    for name in (b"limit_value", b"effective_time_limit"):
        assert b'name="' + name + b'"\r\n\r\n2\r\n' in body
    assert b'name="sysimage_build"\r\n\r\nnothing\r\n' in body
    assert b'name="est_cost"\r\n\r\n0\r\n' in body


async def test_13_download(hub: HubClient, server: Server) -> None:
    download = await hub.download(JOB, "code.jl", "input", 0)
    content = b"".join([piece async for pieces in download.chunks() for piece in pieces])
    await download.aclose()
    assert content == FILE_CONTENT
    assert server.script.requests[-1].query_params["filetype"] == "input"


@pytest.mark.parametrize("written", range(len(MESSAGES) + 1))
async def test_13_a_log_whatever_the_stream_begins_with(hub: HubClient, server: Server, written: int) -> None:
    """Followed when it has this many lines; the rest comes by the stream, or between page and stream."""
    server.written = written
    told: list[str] = []
    states: list[str] = []

    async def follow() -> None:
        async for event in LogStream(hub, JOB).events():
            if isinstance(event, Records):
                told.extend(record.message for record in event.records)
            if isinstance(event, StreamState):
                states.append(event.state)

    await asyncio.wait_for(follow(), 20)
    assert told == list(MESSAGES)
    assert states == ["live", "complete"]
    numbered = server.generation.event_id(1) == "1"
    assert server.offsets == [str(written)] if numbered or not written else [None]


async def test_13_a_finished_log(hub: HubClient, server: Server) -> None:
    server.status = "Completed"
    told = []
    async for batch in LogStream(hub, JOB).pages():
        told += [record.message for record in batch.records]
    assert told == list(MESSAGES)
    assert server.offsets == []
