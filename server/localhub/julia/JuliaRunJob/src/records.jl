# Records: how a process speaks to its runner, over the same stream as everything it prints.

const RECORD_MARK = 0x1e
const stream = Ref{IO}()

"""
Take this process's stdout as the stream of records, and make stderr the same object: two would each have their own
queue, and what the code prints to one could overtake what it printed to the other.
"""
function open_records()
    stream[] = stdout
    redirect_stderr(stdout)
    return nothing
end

"Send one record: a single write, under the lock that `println` takes, so that no printed line is torn by it."
function write_record(kind::String, fields::Pair{String}...)
    record = Pair{String,Any}["jrun" => kind]
    append!(record, fields)
    send(record)
end

function send(record::Vector{Pair{String,Any}})
    buffer = IOBuffer()
    write(buffer, RECORD_MARK)
    write_json(buffer, record)
    write(buffer, UInt8('\n'))
    bytes = take!(buffer)
    io = stream[]
    lock(io)
    try
        write(io, bytes)
    finally
        unlock(io)
    end
    return nothing
end
