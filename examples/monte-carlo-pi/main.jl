# Estimates π by throwing darts, on as many processes as there are.
#
#   julia --project main.jl             on this computer, in one process
#   JULIA_PROJECT=@. julia -p 4 main.jl on four workers

using Distributed, Logging, Printf
using Dartboard: scatter
using Pkg.Artifacts
@everywhere using MonteCarloPi

include("figures.jl")

"π from the artifact `reference_digits` where that is installed, else as Julia knows it."
function reference_pi()
    hash = artifact_hash("reference_digits", joinpath(@__DIR__, "Artifacts.toml"))
    if hash === nothing || !artifact_exists(hash)
        @warn "The reference digits are not installed, so I compare with Julia's own π. make_artifacts.jl makes them."
        return Float64(π)
    end
    digits = readline(joinpath(artifact_path(hash), "pi.txt"))
    @info "Comparing with reference digits" digits = length(digits) - 2
    return parse(Float64, digits)
end

function throw_stage(stage)
    seconds = @elapsed found = pmap(batch -> hits(stage, batch), 1:stage.batches)
    return estimate(stage, found, seconds)
end

function main()
    plan = read_plan(joinpath(@__DIR__, "data", "plan.csv"))
    reference = reference_pi()
    total = sum(stage.darts for stage in plan)
    @info "Throwing darts" stages = length(plan) workers = nworkers() darts = total

    @everywhere @info "Ready" process = myid() threads = Threads.nthreads()

    estimates = Estimate[]
    thrown = 0
    println("      darts          π   ± expected      error")
    for stage in plan
        e = throw_stage(stage)
        push!(estimates, e)
        thrown += stage.darts
        @printf("%11d  %.7f  %.9f  %+.9f\n", e.darts, e.pi, e.error, e.pi - reference)
        @logmsg LogLevel(-1) "Throwing darts" progress = thrown / total _id = :darts
    end

    best = last(estimates)
    @info "Done" pi = best.pi error = abs(best.pi - reference) darts = thrown
    abs(best.pi - reference) < 5best.error || @warn "The error is far larger than theory expects."
    save(estimates, reference)
end

"Figures and table, then a summary; as files where the job is given a place for them, and as variables for older servers."
function save(estimates, reference)
    folder = mkpath(get(ENV, "JULIAHUB_RESULTS_UPLOAD_DIR", joinpath(@__DIR__, "results")))
    write_darts(joinpath(folder, "darts.svg"), scatter(4000; seed = 1))
    write_convergence(joinpath(folder, "convergence.svg"), estimates, reference)
    write_table(joinpath(folder, "estimates.csv"), estimates)

    best = last(estimates)
    summary = @sprintf(
        "{\"pi\": %.7f, \"error\": %.2g, \"darts\": %d, \"workers\": %d, \"darts_per_second\": %.3g}",
        best.pi, abs(best.pi - reference), best.darts, nworkers(), best.darts / best.seconds,
    )
    ENV["RESULTS"] = summary
    ENV["RESULTS_FILE"] = folder
    haskey(ENV, "JULIAHUB_RESULTS_SUMMARY_FILE") && write(ENV["JULIAHUB_RESULTS_SUMMARY_FILE"], summary)
    println("Results are in ", relpath(folder))
end

main()
