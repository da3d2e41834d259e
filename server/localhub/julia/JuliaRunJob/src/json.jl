# Just enough JSON to write records: objects of pairs, strings, numbers, booleans, nothing.

"Write `value` as JSON. Strings may hold invalid UTF-8: those bytes go out as they are, and the reader replaces them."
write_json(io::IO, value::AbstractString) = write_json(io, String(value))
write_json(io::IO, ::Nothing) = print(io, "null")
write_json(io::IO, value::Union{Bool,Base.BitInteger}) = print(io, value)
write_json(io::IO, value::Union{Float16,Float32,Float64}) =
    isfinite(value) ? print(io, Float64(value)) : write_json(io, string(value))

function write_json(io::IO, text::String)
    print(io, '"')
    for byte in codeunits(text)
        if byte == UInt8('"') || byte == UInt8('\\')
            write(io, UInt8('\\'), byte)
        elseif byte == UInt8('\n')
            write(io, UInt8('\\'), UInt8('n'))
        elseif byte < 0x20
            print(io, "\\u", string(byte; base = 16, pad = 4))
        else
            write(io, byte)
        end
    end
    print(io, '"')
end

"An object, from a vector of pairs; of equal keys the reader takes the last."
function write_json(io::IO, pairs::Vector{Pair{String,Any}})
    print(io, '{')
    for (i, (name, value)) in enumerate(pairs)
        i == 1 || print(io, ',')
        write_json(io, name)
        print(io, ':')
        write_json(io, value)
    end
    print(io, '}')
end
