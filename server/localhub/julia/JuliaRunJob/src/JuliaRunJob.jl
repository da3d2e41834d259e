"""
The Julia side of a job (docs/job-directory.md): prepares the environment, forms the cluster, runs the user's code, turns log
messages into records, and hands over the results. Runs on Julia 1.5 to 1.12; needs no package beyond what it must load for the
job at hand, so that a short script is not made to wait for Pkg or Distributed.
"""
module JuliaRunJob

# A job spends its time in the user's code, so ours had better compile fast than run fast.
Base.Experimental.@optlevel 0

include("json.jl")
include("records.jl")
include("stdin.jl")
include("exceptions.jl")
include("logger.jl")
include("environment.jl")
include("results.jl")
include("code.jl")

"Run this process's part of the job; what that is stands in `ENV`. Returns when the job is done, or exits."
function main()
    open_records()
    Base.CoreLogging.global_logger(JobLogger())
    end_with_stdin()
    ENV["JRUN_ROLE"] == "worker" ? work() : lead()
    return nothing
end

"The master's way through the phases of a job."
function lead()
    atexit(hand_over_results)
    project = ENV["JRUN_PROJECT"]
    use_depot(ENV["JRUN_BUNDLE_DEPOT"])
    isempty(project) || in_phase("environment", "The environment could not be prepared") do
        prepare_environment(project, ENV["JRUN_EXPECTED_WORKERS"] != "0")
    end
    count = parse(Int, ENV["JRUN_EXPECTED_WORKERS"])
    count == 0 || in_phase("cluster", "The workers could not be started") do
        call(cluster_module(), :form, ENV["JRUN_HOST"], count)
    end
    write_record("phase", "phase" => "code")
    run_code(ENV["JRUN_CODE"])
    return nothing
end

"A worker's way: the project the master has prepared, then whatever the master asks, until it ends."
function work()
    use_depot(ENV["JRUN_BUNDLE_DEPOT"])
    isempty(ENV["JRUN_PROJECT"]) || use_project(ENV["JRUN_PROJECT"])
    host, port = rsplit(ENV["JRUN_MASTER"], ':'; limit = 2)
    call(cluster_module(), :join_master, String(host), parse(Int, port), pop!(ENV, "JRUN_COOKIE"))
    return nothing
end

function in_phase(action, name, failure)
    write_record("phase", "phase" => name)
    try
        action()
    catch exception
        fail(exception, catch_backtrace(); prefix = failure)
    end
end

"Call a function of a module that was loaded after the caller was started; from 1.12 on its name, too, is known only then."
call(loaded::Module, name::Symbol, arguments...) =
    Base.invokelatest(Base.invokelatest(getproperty, loaded, name), arguments...)

cluster_module() =
    Base.require(Base.PkgId(Base.UUID("c2f1d1f6-5d0c-4a35-8a77-3a3f5f0e7b19"), "JuliaRunJobCluster"))

include("precompile.jl")

end
