# `@info` and its relatives, as records.

import Base.CoreLogging: AbstractLogger, LogLevel, handle_message, shouldlog, min_enabled_level, catch_exceptions

const MAX_VALUE_BYTES = 4096
const MAX_MESSAGE_BYTES = 32 * 1024
"The level at which ProgressLogging.jl and its users report how far they are."
const PROGRESS = LogLevel(-1)

"Writes every message as a record. Nothing that goes wrong in here reaches the code that logs."
struct JobLogger <: AbstractLogger
    lock::ReentrantLock
    left::Dict{Any,Int}
end
JobLogger() = JobLogger(ReentrantLock(), Dict{Any,Int}())

min_enabled_level(::JobLogger) = PROGRESS
shouldlog(::JobLogger, _...) = true
catch_exceptions(::JobLogger) = true

function handle_message(logger::JobLogger, level, message, _module, group, id, file, line; maxlog = nothing, keywords...)
    try
        is_over(logger, id, maxlog) && return nothing
        text, progress = message_text(message)
        values = Pair{String,Any}[String(name) => keyword_value(name, value) for (name, value) in keywords]
        progress === nothing || push!(values, "progress" => progress)
        fields = Pair{String,Any}[
            "module" => string(_module), "file" => string(file), "line" => line isa Integer ? Int(line) : 0,
            "id" => string(id), "group" => string(group), "thread" => Threads.threadid(),
        ]
        level_name = name_of(level)
        for piece in pieces(text, MAX_MESSAGE_BYTES)
            send(Pair{String,Any}["jrun" => "log", "level" => level_name, "message" => piece, fields..., "keywords" => values])
            values = Pair{String,Any}[]
        end
    catch exception
        write_record("log", "level" => "Warn", "message" => "A log message could not be shown: $(describe(exception))")
    end
    return nothing
end

"Whether a message with `maxlog` has been shown that many times."
function is_over(logger::JobLogger, id, maxlog)
    maxlog isa Integer || return false
    lock(logger.lock)
    try
        left = get(logger.left, id, Int(maxlog))
        logger.left[id] = left - 1
        return left <= 0
    finally
        unlock(logger.lock)
    end
end

function name_of(level)
    level == PROGRESS && return "Progress"
    level == LogLevel(-1000) && return "Debug"
    level == LogLevel(0) && return "Info"
    level == LogLevel(1000) && return "Warn"
    level == LogLevel(2000) && return "Error"
    return string(level)
end

"""
The text of a message, and how far it says a task is. ProgressLogging.jl's `Progress` carries that in its fields; everyone else
writes it as the keyword `progress`.
"""
function message_text(message)
    if nameof(typeof(message)) === :Progress && hasproperty(message, :fraction) && hasproperty(message, :name)
        finished = hasproperty(message, :done) && message.done === true
        return string(message.name), finished ? "done" : keyword_value(:progress, message.fraction)
    end
    return string(message), nothing
end

"A keyword's value as JSON has it; exceptions as text with their stack trace, anything else as Julia shows it."
function keyword_value(name::Symbol, value)
    value isa Union{Nothing,Bool,Base.BitInteger,Float16,Float32,Float64} && return value
    value isa AbstractString && return cut(String(value), MAX_VALUE_BYTES)
    name === :exception && return cut(exception_text(value), 2 * MAX_EXCEPTION_BYTES)
    return shown(value)
end

exception_text(value::Tuple{Any,Any}) = describe(value[1], value[2])
exception_text(value::Exception) = describe(value)
# From Julia 1.7 on `current_exceptions()` gives a vector of (exception, backtrace), the latest last.
exception_text(value) =
    value isa AbstractVector && !isempty(value) && hasproperty(last(value), :backtrace) ?
    describe(last(value).exception, last(value).backtrace) : shown(value)

function shown(value)
    try
        return cut(sprint(show, value; context = :limit => true), MAX_VALUE_BYTES)
    catch
        return "a $(typeof(value)) that cannot be shown"
    end
end

"A long message in pieces of at most `limit` bytes: a record has to stay small enough to be one."
function pieces(text::String, limit::Int)
    ncodeunits(text) <= limit && return [text]
    found = String[]
    start = 1
    while start <= ncodeunits(text)
        stop = start + limit > ncodeunits(text) ? lastindex(text) : prevind(text, thisind(text, start + limit))
        push!(found, text[start:stop])
        start = nextind(text, stop)
    end
    return found
end
