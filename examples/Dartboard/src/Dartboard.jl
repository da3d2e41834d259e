"""
Darts thrown at random at the unit square. A quarter of the unit disc covers π/4 of it, and so catches that part of the darts.
"""
module Dartboard

using Random

export throw_darts, scatter

"How many of `n` darts hit the quarter disc. The same seed gives the same darts, on whichever worker they are thrown."
function throw_darts(n::Integer; seed::Integer)
    rng = MersenneTwister(seed)
    hits = 0
    for _ in 1:n
        x, y = rand(rng), rand(rng)
        hits += x^2 + y^2 <= 1
    end
    return hits
end

"`n` darts as points `(x, y)`, for a picture."
function scatter(n::Integer; seed::Integer)
    rng = MersenneTwister(seed)
    return [(rand(rng), rand(rng)) for _ in 1:n]
end

end
