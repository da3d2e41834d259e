"The parts of the estimate that need no cluster: what to do, and what came out."
module MonteCarloPi

using Dartboard

export Stage, Estimate, read_plan, hits, estimate

"Throw `darts` in all, split into `batches` that can go to different workers."
struct Stage
    darts::Int
    batches::Int
end

"What a stage found: `pi`, and the standard error that theory gives for so many darts."
struct Estimate
    darts::Int
    pi::Float64
    error::Float64
    seconds::Float64
end

"The stages in a CSV file with the columns `darts` and `batches`."
read_plan(file) = [Stage(parse.(Int, split(line, ','))...) for line in readlines(file)[2:end] if !isempty(line)]

"Hits of one batch of a stage; runs on a worker."
hits(stage::Stage, batch) = throw_darts(stage.darts ÷ stage.batches; seed = stage.darts + batch)

"The estimate from the hits of all batches of a stage."
function estimate(stage::Stage, all_hits, seconds)
    darts = stage.batches * (stage.darts ÷ stage.batches)
    p = sum(all_hits) / darts
    return Estimate(darts, 4p, 4sqrt(p * (1 - p) / darts), seconds)
end

end
