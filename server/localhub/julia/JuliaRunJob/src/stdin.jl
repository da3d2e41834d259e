# The way back: the runner keeps this process's stdin open for as long as the process is to live.

"""
End this process, with its `atexit` hooks, when its stdin ends: because the job is to stop, or because the runner is gone and
nobody reads what we write. A signal would do it less well: Julia prints a page of frames for it, and Windows has none.
The code finds an empty stdin.
"""
function end_with_stdin()
    lifeline = stdin
    redirect_stdin(open(Sys.iswindows() ? "NUL" : "/dev/null"))
    @async begin
        read(lifeline)
        exit(128 + 15) # as after SIGTERM
    end
    return nothing
end
