# Running the user's code.

"Run the file in `Main`, as `julia file` would. An exception it does not catch ends the process with exit code 1."
function run_code(file::String)
    Core.eval(Base, :(global PROGRAM_FILE = $file)) # so that `abspath(PROGRAM_FILE) == @__FILE__` holds in a script
    try
        Base.include(Main, file)
    catch exception
        Base.invokelatest(fail, exception, catch_backtrace(); folder = pwd())
    end
    return nothing
end

"Tell why the job fails, in the log and to the runner, and end this process."
function fail(exception, trace; prefix = "", folder = "")
    reason = join(filter(!isempty, [prefix, summary_line(exception)]), ": ")
    file, line = location(exception, trace)
    isempty(file) || isempty(folder) || (reason = "$reason ($(relpath_within(file, folder)):$line)")
    # Frames of Pkg or Distributed tell a user nothing; those of the user's code do.
    text = isempty(prefix) ? describe(exception, trace) : string(prefix, ": ", describe(root_cause(exception)))
    text == reason || write_record(
        "log", "level" => "Error", "message" => text, "module" => "Main", "file" => file, "line" => line,
        "id" => "uncaught", "group" => "uncaught", "thread" => Threads.threadid(),
    )
    write_record("failed", "reason" => cut(reason, 1000))
    exit(1)
end

"Where in the user's files it happened: the innermost frame that is in a file of theirs, else the line that was being loaded."
function location(exception, trace)
    for frame in user_frames(innermost_trace(exception, trace))
        file = String(frame.file)
        isabspath(file) && isfile(file) && !startswith(file, Sys.STDLIB) && return file, Int(frame.line)
    end
    inner = exception
    file, line = "", 0
    while inner isa LoadError
        file, line = inner.file, Int(inner.line)
        inner = inner.error
    end
    return file, line
end

relpath_within(file, folder) = startswith(file, folder) ? relpath(file, folder) : basename(file)
