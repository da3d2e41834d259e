# Answers questions about environments, depots and artifacts with Julia's own functions: a line in, a line out.
import Pkg
using Pkg.Artifacts
using Pkg.BinaryPlatforms

const PLATFORMS = Dict("linux" => Linux, "macos" => MacOS, "windows" => Windows, "freebsd" => FreeBSD)

text(x) = x === nothing ? "" : string(x)

slug(uuid, sha) = Base.version_slug(Base.UUID(uuid), Base.SHA1(sha))

function files(folder)
    project = Base.env_project_file(folder)
    project isa String || return "-"
    return string(basename(project), ' ', text(Base.project_file_manifest_path(project)))
end

function deps(file)
    found = get(Pkg.TOML.parsefile(file), "deps", Dict{String,Any}())
    return join(sort!([string(name, '=', lowercase(uuid)) for (name, uuid) in found]), ' ')
end

function locate(folder, name, uuid)
    copy!(LOAD_PATH, [folder])
    return text(Base.locate_package(Base.PkgId(Base.UUID(uuid), name)))
end

function machine(os, arch, libc, libgfortran, cxxstring)
    abi = CompilerABI(
        libgfortran_version = isempty(libgfortran) ? nothing : VersionNumber(libgfortran),
        cxxstring_abi = isempty(cxxstring) ? nothing : Symbol(cxxstring),
    )
    return PLATFORMS[os](Symbol(arch); libc = isempty(libc) ? nothing : Symbol(libc), compiler_abi = abi)
end

function chosen(toml, name, tags...)
    meta = artifact_meta(name, toml; platform = machine(tags...))
    return meta === nothing ? "" : meta["git-tree-sha1"]
end

"Where an artifact of a package is; the package's own overrides are taken in when its file is loaded."
function place(toml, uuid, hash)
    Artifacts.load_overrides(force = true)
    Artifacts.load_artifacts_toml(toml; pkg_uuid = isempty(uuid) ? nothing : Base.UUID(uuid))
    sha = Base.SHA1(hash)
    return artifact_exists(sha) ? artifact_path(sha) : ""
end

const ANSWERS = Dict("slug" => slug, "files" => files, "deps" => deps, "locate" => locate, "chosen" => chosen, "place" => place)

for line in eachline(stdin)
    words = map(String, split(line, '\t'))
    println(ANSWERS[words[1]](words[2:end]...))
end
