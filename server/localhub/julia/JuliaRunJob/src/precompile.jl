# What every job calls, compiled when the package is: on 1.5 this saves inference, from 1.9 on all of the compilation.
precompile(main, ())
precompile(lead, ())
precompile(work, ())
precompile(open_records, ())
precompile(send, (Vector{Pair{String,Any}},))
precompile(write_json, (IOBuffer, Vector{Pair{String,Any}}))
precompile(write_record, (String, Pair{String,String}))
precompile(hand_over_results, ())
precompile(run_code, (String,))
for level in (Base.CoreLogging.Info, Base.CoreLogging.Warn)
    precompile(handle_message, (JobLogger, typeof(level), String, Module, Symbol, Symbol, String, Int))
end
