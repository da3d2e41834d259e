# What the code leaves in `ENV["RESULTS"]` and `ENV["RESULTS_FILE"]` (protocol §7.5).

const handed_over = Ref(false)

"""
Give the results to the runner, once. Also run at exit, so that `exit()` anywhere in the code keeps them. The runner shortens a long
summary: it must do so for a summary file that the code wrote itself, too.
"""
function hand_over_results()
    handed_over[] && return nothing
    handed_over[] = true
    write_record("phase", "phase" => "results")
    summary_file = ENV["JULIAHUB_RESULTS_SUMMARY_FILE"]
    if !isempty(get(ENV, "RESULTS", "")) && !(isfile(summary_file) && filesize(summary_file) > 0)
        write(summary_file, ENV["RESULTS"])
    end
    file = get(ENV, "RESULTS_FILE", "")
    isempty(file) || write_record("results", "file" => abspath(file))
    return nothing
end
