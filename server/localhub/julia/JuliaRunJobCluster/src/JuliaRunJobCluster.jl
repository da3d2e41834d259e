"""
How the processes of a job become one cluster. The master listens and asks the runner to start workers; each connects, shows the
cookie, and serves as a worker of `Distributed` from then on. Its output stays on its own pipe to the runner. Loaded only by
distributed jobs; by `Base.require` from JuliaRunJob, which thereby starts faster when there is one process.
"""
module JuliaRunJobCluster

import Distributed, JuliaRunJob, Random, Sockets
import Distributed: launch, manage
import JuliaRunJob: write_record

const PATIENCE_SECONDS = 300.0
const COOKIE_LENGTH = 16 # as long as Distributed's own may be

"Workers that were started by someone else and come to us. `registered` counts those that Distributed has taken in."
mutable struct JobManager <: Distributed.ClusterManager
    host::String
    expected::Int
    cookie::String
    registered::Int
end

"As in any Julia started with workers: `Distributed` is there without the code asking for it."
function offer_distributed()
    Core.eval(Main, :(const Distributed = $Distributed))
    Core.eval(Main, :(using .Distributed))
    return nothing
end

"Start `count` workers and wait until all of them belong to the cluster. Throws if that takes too long."
function form(host::String, count::Int)
    offer_distributed()
    Distributed.cluster_cookie(Random.randstring(Random.RandomDevice(), COOKIE_LENGTH))
    manager = JobManager(host, count, Distributed.cluster_cookie(), 0)
    ids = Distributed.addprocs(manager)
    length(ids) == count || error("only $(length(ids)) of $count workers joined")
    @sync for id in ids
        @async Distributed.remotecall_wait(announce, id)
    end
    return ids
end

"On a worker: tell the runner which one this is."
announce() = write_record("worker", "id" => Distributed.myid())

"A worker's whole life: connect to the master and serve it. The process ends when the master does."
function join_master(host::String, port::Int, cookie::String)
    offer_distributed()
    socket = Sockets.connect(Sockets.getaddrinfo(host), port)
    write(socket, cookie)
    Distributed.start_worker(socket, cookie; close_stdin = false, stderr_to_stdout = false)
end

"Called by `addprocs`: pass on each worker as it comes, until all have."
function launch(manager::JobManager, params::Dict, launched::Array, changed::Condition)
    port, server = Sockets.listenany(Sockets.getaddrinfo(manager.host), 49152 + getpid() % 10000)
    timer = Timer(_ -> close(server), PATIENCE_SECONDS)
    write_record("joined", "joined" => 0, "expected" => manager.expected)
    write_record(
        "launch", "host" => manager.host, "port" => Int(port), "cookie" => manager.cookie, "count" => manager.expected,
    )
    arrived = 0
    try
        while arrived < manager.expected
            socket = accept_worker(server, manager.cookie)
            socket === nothing && continue
            config = Distributed.WorkerConfig()
            config.io = socket
            push!(launched, config)
            arrived += 1
            notify(changed)
        end
    catch
        isopen(server) && rethrow()
        error("$arrived of $(manager.expected) workers started within $(round(Int, PATIENCE_SECONDS)) s")
    finally
        close(timer)
        close(server)
    end
    return nothing
end

"The next connection, if it is a worker of ours; anything else that connects is turned away."
function accept_worker(server, cookie::String)
    socket = Sockets.accept(server)
    shown = Channel{Vector{UInt8}}(1)
    @async put!(shown, read(socket, COOKIE_LENGTH))
    if timedwait(() -> isready(shown), 10.0; pollint = 0.005) === :ok && take!(shown) == codeunits(cookie)
        return socket
    end
    close(socket)
    return nothing
end

function manage(manager::JobManager, id::Integer, config::Distributed.WorkerConfig, op::Symbol)
    if op === :register
        manager.registered += 1
        write_record("joined", "joined" => manager.registered, "expected" => manager.expected)
    end
    return nothing
end

end
