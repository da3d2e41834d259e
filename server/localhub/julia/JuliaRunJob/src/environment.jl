# The environment: which project is active, and that everything it names is installed.

"Let packages and artifacts that travelled with the bundle be found after those of this computer."
function use_depot(depot::String)
    isempty(depot) || depot in DEPOT_PATH || push!(DEPOT_PATH, depot)
    return nothing
end

"""
Make `project` the active one, for this process and for Julia processes that the code starts. Not done by `JULIA_PROJECT` from
the start: a manifest that does not parse would stop Julia before it could say so.
"""
function use_project(project::String)
    ENV["JULIA_PROJECT"] = project
    if VERSION >= v"1.8"
        Base.set_active_project(project_file(project))
    else
        Base.ACTIVE_PROJECT[] = project_file(project)
    end
    return nothing
end

function project_file(folder::String)
    for name in Base.project_names
        isfile(joinpath(folder, name)) && return joinpath(folder, name)
    end
    return joinpath(folder, "Project.toml")
end

"Install what the project in `folder` names; Pkg tells on the way what it does. A project without manifest is resolved."
function prepare_environment(folder::String, many::Bool)
    Pkg = Base.require(Base.PkgId(Base.UUID("44cfe95a-1eb2-52ea-b672-e2afdf69b78f"), "Pkg"))
    isfile(project_file(folder)) || Base.invokelatest(project_from_manifest, Pkg, folder)
    isfile(project_file(folder)) || return nothing
    use_project(folder)
    Base.invokelatest(needs_nothing, Pkg, folder) && return nothing
    call(Pkg, :instantiate)
    # Before 1.6 Pkg leaves precompiling to the first `using`: here that would be every process at once.
    VERSION < v"1.6" && many && call(Pkg, :precompile)
    return nothing
end

"Whether there is nothing to resolve or install: such a project must run on a computer without network and registries, too."
function needs_nothing(Pkg, folder::String)
    any(name -> isfile(joinpath(folder, name)), Base.manifest_names) && return false
    packages = get(Pkg.TOML.parsefile(project_file(folder)), "deps", Dict{String,Any}())
    return all(name -> isdir(joinpath(Sys.STDLIB, name)), keys(packages))
end

"A manifest alone (protocol, Appendix E) says which packages there are: a project that names each makes them loadable."
function project_from_manifest(Pkg, folder::String)
    found = filter(name -> isfile(joinpath(folder, name)), collect(Base.manifest_names))
    isempty(found) && return nothing
    manifest = Pkg.TOML.parsefile(joinpath(folder, first(found)))
    packages = get(manifest, "deps", manifest) # Manifest format 2 has them in a table, format 1 at the top
    open(joinpath(folder, "Project.toml"), "w") do io
        println(io, "[deps]")
        for (name, entries) in packages
            entries isa AbstractVector && length(entries) == 1 && println(io, name, " = \"", entries[1]["uuid"], '"')
        end
    end
    return nothing
end
