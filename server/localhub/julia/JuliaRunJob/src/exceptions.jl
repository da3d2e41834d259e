# Exceptions, told so that the cause comes first and the frames are the user's.

const MAX_FRAMES = 40
const MAX_EXCEPTION_BYTES = 16 * 1024

"The exception that others were wrapped around: what a person wants to read first."
function root_cause(exception)
    for _ in 1:20
        inner = wrapped(exception)
        inner === nothing && break
        exception = inner
    end
    return exception
end

wrapped(exception) = nothing
wrapped(exception::LoadError) = exception.error
wrapped(exception::InitError) = exception.error
wrapped(exception::CapturedException) = exception.ex
wrapped(exception::CompositeException) = isempty(exception) ? nothing : first(exception.exceptions)
# Distributed's exception for what was thrown on another process; Distributed may not be loaded here.
wrapped(exception::Exception) = is_remote(exception) ? exception.captured : nothing
is_remote(exception) = nameof(typeof(exception)) === :RemoteException && hasproperty(exception, :captured)
# The failed task holds its exception as `exception` up to Julia 1.6 and as `result` from 1.7 on.
wrapped(exception::TaskFailedException) =
    VERSION < v"1.7" ? exception.task.exception : exception.task.result

"First line of what the exception says, for example `UndefVarError: x not defined`."
summary_line(exception) = String(rstrip(first_line(describe(root_cause(exception))), ':'))

first_line(text) = String(first(split(text, '\n'; limit = 2)))

"What the exception says, without a stack trace; never throws, whatever the exception's own `showerror` does."
function describe(exception)
    try
        return cut(sprint(io -> showerror(IOContext(io, :limit => true), exception)), MAX_EXCEPTION_BYTES)
    catch
        return string(nameof(typeof(exception)))
    end
end

"The exception's text and its trimmed stack trace: that of the process and task where it was thrown."
function describe(exception, trace)
    frames = user_frames(innermost_trace(exception, trace))
    io = IOBuffer()
    print(io, describe(root_cause(exception)))
    where = worker_of(exception)
    where === nothing || print(io, "\nOn worker ", where)
    isempty(frames) || print(io, "\nStacktrace:")
    for (i, frame) in enumerate(Iterators.take(frames, MAX_FRAMES))
        print(io, "\n [", i, "] ", frame_text(frame))
    end
    length(frames) > MAX_FRAMES && print(io, "\n … and ", length(frames) - MAX_FRAMES, " more")
    return cut(String(take!(io)), 2 * MAX_EXCEPTION_BYTES)
end

"The worker on which it was thrown; `nothing` if that is this process."
function worker_of(exception)
    while exception !== nothing
        is_remote(exception) && return exception.pid
        exception = wrapped(exception)
    end
    return nothing
end

"The trace nearest to the cause that any of the wrapped exceptions carries, else the one given."
function innermost_trace(exception, trace)
    while exception !== nothing
        own = own_trace(exception)
        own === nothing || (trace = own)
        exception = wrapped(exception)
    end
    return trace
end

own_trace(exception) = nothing
own_trace(exception::CapturedException) =
    Base.StackTraces.StackFrame[entry[1] for entry in exception.processed_bt if entry isa Tuple]
# As above: from Julia 1.7 on a task keeps a stack of exceptions.
own_trace(exception::TaskFailedException) =
    VERSION < v"1.7" ? exception.task.backtrace : last(Base.current_exceptions(exception.task)).backtrace

"The frame with the whole path of its file, so that a client can make it a link."
frame_text(frame) = string(sprint(Base.StackTraces.show_spec_linfo, frame), " at ", frame.file, ':', frame.line)

"Frames of the trace down to where the user's code was started: what lies below is ours and tells a user nothing."
function user_frames(trace)
    frames = trace isa Vector{Base.StackTraces.StackFrame} ? trace : Base.StackTraces.stacktrace(trace)
    ours = findfirst(frame -> startswith(String(frame.file), SOURCE_FOLDER), frames)
    ours === nothing || (frames = frames[1:ours-1])
    return filter(frame -> !is_machinery(frame), frames)
end

"Frames of `include`, of evaluating top-level code, and of what brings a call to a worker."
is_machinery(frame) =
    occursin(r"[/\\]Distributed[/\\]src[/\\]|^\./task\.jl$", String(frame.file)) ||
    frame.func in (:include, :include_string, :_include, :eval, :include_relative) &&
    occursin(r"(^|[/\\])(loading|boot|client|Base)\.jl$", String(frame.file))

const SOURCE_FOLDER = @__DIR__

"`text`, or as much of it as fits into `limit` bytes, with an ellipsis."
function cut(text::String, limit::Int)
    ncodeunits(text) <= limit && return text
    return string(text[1:thisind(text, limit)], '…')
end
