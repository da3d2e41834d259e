# Makes the artifact `reference_digits` (π to a thousand places) in your first depot and names it in Artifacts.toml.
# Run it once, before the first bundle:  julia make_artifacts.jl
# The content is the same everywhere, and so is the hash that Artifacts.toml already holds.
using Pkg.Artifacts

"arccot(x) in units of 1/unity, by its series."
function arccot(x, unity)
    term = unity ÷ x
    total, k = term, 1
    while term != 0
        term = -term ÷ x^2
        k += 2
        total += term ÷ k
    end
    return total
end

"π to `places` places by Machin's formula, π/4 = 4 arccot 5 − arccot 239, with ten places to spare."
function pi_digits(places)
    unity = big(10)^(places + 10)
    digits = string(4 * (4 * arccot(5, unity) - arccot(239, unity)))
    return string(digits[1], '.', digits[2:places+1])
end

hash = create_artifact(folder -> write(joinpath(folder, "pi.txt"), pi_digits(1000), '\n'))
bind_artifact!(joinpath(@__DIR__, "Artifacts.toml"), "reference_digits", hash; lazy = true, force = true)
println("reference_digits is ", hash)
