"""What a job writes is what its log holds."""

import pytest

from .conftest import MakeJob

pytestmark = pytest.mark.julia


@pytest.mark.parametrize(
    ("code", "messages"),
    [
        pytest.param('println("a"); @info "b"; println(stderr, "c"); @warn "d"', ["a", "b", "c", "d"], id="order"),
        pytest.param('print("no newline")', ["no newline"], id="partial line at the end"),
        pytest.param('print("a"); @info "b"; println("c")', ["a", "b", "c"], id="record after a partial line"),
        pytest.param('for i in 1:9; print("\\r$i"); end; println()', ["9"], id="progress bar"),
        pytest.param('write(stdout, b"caf\\xe9\\n")', ["caf�"], id="invalid UTF-8"),
        pytest.param('println("π ≈ 3, 日本"); @info "Größe"', ["π ≈ 3, 日本", "Größe"], id="unicode"),
        pytest.param('@info "a\\xffb"', ["a�b"], id="invalid UTF-8 in a message"),
        pytest.param('println("\\x1e{\\"jrun\\":\\"log\\"")', ['\x1e{"jrun":"log"'], id="broken record"),
        pytest.param("println(isempty(readline()), eof(stdin))", ["truetrue"], id="an empty stdin"),
        pytest.param("run(`julia --version`)", None, id="a child's output"),
        pytest.param('include_string(Main, "println(@__FILE__)", "x.jl")', ["x.jl"], id="evaluated code"),
        pytest.param('if abspath(PROGRAM_FILE) == @__FILE__; println("main"); end', ["main"], id="script idiom"),
    ],
)
def test_output_is_logged_in_order(make_job: MakeJob, code: str, messages: list[str] | None) -> None:
    job = make_job(code.replace("`julia ", "`$(Base.julia_cmd()) "))
    assert job.run().status == "Completed"
    assert job.messages == messages if messages else job.messages[0].startswith("julia version")


def test_a_hostile_record_is_stored_and_harms_nothing(make_job: MakeJob) -> None:
    hostile = [
        '{"jrun":"log","message":{"a":[1]},"level":5,"line":"x","keywords":[1],"thread":"y","module":null}',
        '{"jrun":"log","message":"fake","keywords":{"jrun_worker_id":99}}',
        '{"jrun":"launch","count":1000000}',
        '{"jrun":"phase","phase":"dreaming"}',
        '{"jrun":"unheard of"}',
        '{"jrun":"worker","id":"x"}',
    ]
    lines = "\n".join(
        f"print({chr(34)}\\x1e{record.replace(chr(34), chr(92) + chr(34))}\\n{chr(34)})" for record in hostile
    )
    job = make_job(lines + '\nprintln("still here")')
    assert job.run().status == "Completed"
    assert len(job.messages) == len(hostile) + 1
    assert job.messages[-1] == "still here"
    assert {record["keywords"]["jrun_worker_id"] for record in job.log} == {1}
    assert all(isinstance(record["metadata"]["level"], str) for record in job.log)


def test_a_very_long_line_is_cut_and_complete(make_job: MakeJob) -> None:
    job = make_job('println("x"^200_000); @info "y"^200_000')
    assert job.run().status == "Completed"
    assert "".join(job.messages) == "x" * 200_000 + "y" * 200_000
    assert max(map(len, job.messages)) <= 64 * 1024


def test_every_one_of_100_000_lines_is_kept_in_order(make_job: MakeJob) -> None:
    job = make_job("for i in 1:100_000; println(i); end")
    assert job.run().status == "Completed"
    assert job.messages == [str(i) for i in range(1, 100_001)]


def test_records_say_where_they_come_from(make_job: MakeJob) -> None:
    job = make_job('println("printed")\nmodule M; f() = @warn "told" x=1; end\nM.f()')
    job.run()
    printed, told = job.user_log[0], next(record for record in job.log if record["message"] == "told")
    assert printed["metadata"] == {"level": "Info", "_module": "Main"}
    assert printed["keywords"]["jrun_stream"] == "stdout"
    assert told["metadata"]["level"] == "Warn"
    assert told["metadata"]["_module"] == "Main.M"
    assert told["metadata"]["filepath"] == job.spec.code
    assert told["metadata"]["line"] == 2
    assert told["keywords"]["x"] == 1
    assert told["keywords"]["jrun_process_id"] == job.runner.processes[0].pid
    assert told["timestamp"].endswith("Z")


@pytest.mark.parametrize(
    ("statement", "keywords"),
    [
        ('@info "m" a=1 b=2.5 c=true d=nothing e="text"', {"a": 1, "b": 2.5, "c": True, "d": None, "e": "text"}),
        ('@info "m" a=[1, 2] b=:name c=NaN d=missing', {"a": "[1, 2]", "b": ":name", "c": "NaN", "d": "missing"}),
        ('@info "m" a=big(2)^70', {"a": "1180591620717411303424"}),
        ('@info "m" a="x"^5000', {"a": "x" * 4096 + "…"}),
        ('struct S end; Base.show(io::IO, ::S) = error("no"); @info "m" a=S()', {"a": "a S that cannot be shown"}),
    ],
)
def test_keywords_are_values_where_json_has_them(
    make_job: MakeJob, statement: str, keywords: dict[str, object]
) -> None:
    job = make_job(statement.replace("; ", "\n"))
    assert job.run().status == "Completed"
    record = next(record for record in job.log if record["message"] == "m")
    assert {name: value for name, value in record["keywords"].items() if not name.startswith("jrun_")} == keywords


def test_the_logger_keeps_the_habits_of_julias_own(make_job: MakeJob) -> None:
    job = make_job("""
        using Logging
        for i in 1:5; @info "at most twice" maxlog=2; end
        @debug "not shown"
        @logmsg LogLevel(-1) "halfway" progress=0.5
        @info "fails $(error("inside"))"
        try; sqrt(-1); catch e; @error "caught" exception=(e, catch_backtrace()); end
        Threads.@threads for i in 1:20; @info "thread" i; end
        """)
    assert job.run().status == "Completed"
    by_message = {record["message"]: record for record in job.log}
    assert job.messages.count("at most twice") == 2
    assert "not shown" not in by_message
    assert by_message["halfway"]["metadata"]["level"] == "Progress"
    assert by_message["halfway"]["keywords"]["progress"] == 0.5
    assert any(message.startswith("Exception while generating log record") for message in job.messages)
    caught = by_message["caught"]["keywords"]["exception"]
    assert caught.startswith("DomainError with -1")
    assert "Stacktrace:" in caught
    assert job.messages.count("thread") == 20
