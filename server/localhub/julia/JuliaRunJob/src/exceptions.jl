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
# The failed task holds its exception as `exception` up to Julia 1.6 and as `result` from 1.7 on.
wrapped(exception::TaskFailedException) =
    VERSION < v"1.7" ? exception.task.exception : exception.task.result

"First line of what the exception says, for example `UndefVarError: x not defined`."
summary_line(exception) = first_line(describe(root_cause(exception)))

first_line(text) = String(first(split(text, '\n'; limit = 2)))

"What the exception says, without a stack trace; never throws, whatever the exception's own `showerror` does."
function describe(exception)
    try
        return cut(sprint(io -> showerror(IOContext(io, :limit => true), exception)), MAX_EXCEPTION_BYTES)
    catch
        return string(nameof(typeof(exception)))
    end
end

"The exception's text and its trimmed stack trace."
function describe(exception, trace)
    frames = user_frames(trace)
    io = IOBuffer()
    print(io, describe(root_cause(exception)))
    isempty(frames) || print(io, "\nStacktrace:")
    for (i, frame) in enumerate(Iterators.take(frames, MAX_FRAMES))
        print(io, "\n [", i, "] ", frame_text(frame))
    end
    length(frames) > MAX_FRAMES && print(io, "\n … and ", length(frames) - MAX_FRAMES, " more")
    return cut(String(take!(io)), 2 * MAX_EXCEPTION_BYTES)
end

"The frame with the whole path of its file, so that a client can make it a link."
frame_text(frame) = string(sprint(Base.StackTraces.show_spec_linfo, frame), " at ", frame.file, ':', frame.line)

"Frames of the trace down to where the user's code was started: what lies below is ours and tells a user nothing."
function user_frames(trace)
    frames = trace isa Vector{Base.StackTraces.StackFrame} ? trace : Base.StackTraces.stacktrace(trace)
    ours = findfirst(frame -> startswith(String(frame.file), SOURCE_FOLDER), frames)
    ours === nothing || (frames = frames[1:ours-1])
    return filter(frame -> !is_loading(frame), frames)
end

"Frames of `include` and of evaluating top-level code."
is_loading(frame) =
    frame.func in (:include, :include_string, :_include, :eval, :include_relative) &&
    occursin(r"(^|[/\\])(loading|boot|client|Base)\.jl$", String(frame.file))

const SOURCE_FOLDER = @__DIR__

"`text`, or as much of it as fits into `limit` bytes, with an ellipsis."
function cut(text::String, limit::Int)
    ncodeunits(text) <= limit && return text
    return string(text[1:thisind(text, limit)], '…')
end
