# Where every Julia process of a job begins; what it is to do stands in its environment variables (docs/job-directory.md).
import JuliaRunJob
JuliaRunJob.main()
